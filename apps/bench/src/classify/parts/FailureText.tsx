import { Problem } from '../../app/parts/Problem.tsx';
import type { Failure } from '../link/failure.ts';

interface Props {
  readonly failure: Failure;
  /** What it is about, where that is not plain. */
  readonly of?: string;
}

/** What went wrong and what to do. */
export function FailureText({ failure: { message, fix }, of }: Props) {
  return (
    <Problem>
      {of !== undefined && <strong>{of}: </strong>}
      {message} {fix}
    </Problem>
  );
}
