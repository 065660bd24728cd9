import type { Writable } from 'node:stream';

/** Shows how far long work is. */
export interface Progress {
  /** `done` of `total`, and how many seconds it will take; a label alone where the end is not known. */
  update(label: string, done?: number, total?: number, secondsLeft?: number): void;
  /** Takes the bar off the screen. */
  clear(): void;
}

const BAR_WIDTH = 24;
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
      const text = describe(label, done, total, secondsLeft);
      if (stream.isTTY === true) {
        stream.write(`\r\u001B[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
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

function describe(
  label: string,
  done: number | undefined,
  total: number | undefined,
  secondsLeft: number | undefined,
): string {
  const left = secondsLeft === undefined ? '' : `${timeLeft(secondsLeft)} left `;
  if (done === undefined || total === undefined || total === 0) return `${left}${label}`;
  const filled = Math.round((BAR_WIDTH * Math.min(done, total)) / total);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
  return `${bar} ${Math.floor((100 * done) / total)}% ${left}${label}`;
}

/** `45 s`, `3 min`, `1 h 20 min`: as exact as an estimate is. */
function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
