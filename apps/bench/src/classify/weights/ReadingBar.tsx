import { Button } from '../../app/parts/Button.tsx';
import { ProgressBar } from '../../app/parts/ProgressBar.tsx';
import type { Progress } from './progress.ts';

interface Props {
  readonly name: string;
  readonly progress: Progress | undefined;
  readonly onCancel: () => void;
}

/** How far reading is. */
export function ReadingBar({ name, progress, onCancel }: Props) {
  const label = `Reading ${name}`;
  return (
    <div class="reading">
      <ProgressBar
        name={label}
        done={progress && progress.done / progress.total}
        label={
          progress === undefined ? label : `${label}: ${megabytes(progress.done)} of ${megabytes(progress.total)} MB`
        }
      />
      <Button onClick={onCancel}>Cancel</Button>
    </div>
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
