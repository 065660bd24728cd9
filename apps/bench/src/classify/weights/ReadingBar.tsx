import { Button } from '../../app/parts/Button.tsx';
import type { Progress } from './read-files.ts';

interface Props {
  readonly name: string;
  readonly progress: Progress | undefined;
  readonly onCancel: () => void;
}

/** How far reading is. */
export function ReadingBar({ name, progress, onCancel }: Props) {
  return (
    <div class="reading">
      <label>
        <span>
          Reading {name}
          {progress !== undefined && `: ${megabytes(progress.done)} of ${megabytes(progress.total)} MB`}
        </span>
        {/* without a value it shows that something is under way */}
        <progress {...(progress === undefined ? {} : { value: progress.done, max: progress.total })} />
      </label>
      <Button onClick={onCancel}>Cancel</Button>
    </div>
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
