import type { Writable } from 'node:stream';

/** Shows how far long work is. */
export interface Progress {
  /** `done` of `total`, and how many seconds it will take; a label alone where the end is not known. */
  update(label: string, done?: number, total?: number, secondsLeft?: number): void;
  /** Takes the bar off the screen. */
  clear(): void;
}

/** A bar gives way to what stands beside it, down to the shortest. */
const BAR_WIDTHS = { longest: 24, shortest: 4 };
/** Where there is no terminal, at most one line in this time. */
const LINE_EVERY_MS = 5000;

/** A bar that redraws itself on a terminal; elsewhere a plain line now and then, so that logs show life but are not flooded. */
export function createProgress(
  stream: Writable & { readonly isTTY?: boolean; readonly columns?: number },
  now: () => number = Date.now,
): Progress {
  let last = Number.NEGATIVE_INFINITY;
  return {
    update(label, done, total, secondsLeft) {
      const columns = stream.isTTY === true ? (stream.columns ?? 80) - 1 : Number.POSITIVE_INFINITY;
      const text = describe({ label, done, total, secondsLeft }, columns);
      if (stream.isTTY === true) {
        stream.write(`\r\u001B[K${text.slice(0, columns)}`);
      } else if (now() - last >= LINE_EVERY_MS) {
        last = now();
        stream.write(`${text}\n`);
      }
    },
    clear() {
      if (stream.isTTY === true) stream.write('\r\u001B[K');
    },
  };
}

interface State {
  readonly label: string;
  readonly done: number | undefined;
  readonly total: number | undefined;
  readonly secondsLeft: number | undefined;
}

function describe({ label, done, total, secondsLeft }: State, columns: number): string {
  const left = secondsLeft === undefined ? '' : `${timeLeft(secondsLeft)} left `;
  if (done === undefined || total === undefined || total === 0) return `${left}${label}`;
  const text = ` ${Math.floor((100 * done) / total)}% ${left}${label}`;
  const width = Math.max(BAR_WIDTHS.shortest, Math.min(BAR_WIDTHS.longest, columns - text.length));
  const filled = Math.round((width * Math.min(done, total)) / total);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}${text}`;
}

/** `45 s`, `3 min`, `1 h 20 min`: as exact as an estimate is. */
function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
