import { useEffect, useRef, useState } from 'preact/hooks';

/** Screen readers read the status aloud: not more often than this, in milliseconds. */
const SAID_EVERY = 10_000;

export interface ProgressBarProps {
  /** What the bar is of, for those who do not see it. */
  readonly name: string;
  /** From 0 to 1; left out where the end is not known. */
  readonly done?: number | undefined;
  /** What is going on. */
  readonly label: string;
  readonly secondsLeft?: number | undefined;
}

/** How far long work is. Eyes get every change, ears one sentence now and then. */
export function ProgressBar({ name, done, label, secondsLeft }: ProgressBarProps) {
  const [said, setSaid] = useState('');
  const saidAt = useRef(Number.NEGATIVE_INFINITY);
  const left = secondsLeft === undefined ? '' : timeLeft(secondsLeft);
  useEffect(() => {
    if (performance.now() - saidAt.current < SAID_EVERY) return;
    saidAt.current = performance.now();
    setSaid([label, left].filter(Boolean).join(', '));
  }, [label, left]);
  return (
    <div class="progress">
      <progress aria-label={name} max={1} {...(done === undefined ? {} : { value: done })} />
      <p class="now" aria-hidden="true">
        <span>{label}</span>
        <span class="left">{left}</span>
      </p>
      <p class="unseen" role="status">
        {said}
      </p>
    </div>
  );
}

export function timeLeft(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(1, Math.ceil(seconds))} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}
