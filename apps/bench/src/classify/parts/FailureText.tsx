import { Problem } from '../../app/parts/Problem.tsx';
import type { Failure } from '../link/failure.ts';

/** What went wrong and what to do. */
export function FailureText({ failure: { message, fix } }: { readonly failure: Failure }) {
  return (
    <Problem>
      {message} {fix}
    </Problem>
  );
}
