import type { Writable } from 'node:stream';

/** Shows how far long work is. */
export interface Progress {
  /** `done` of `total`; a label alone where the end is not known. */
  update(label: string, done?: number, total?: number): void;
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
    update(label, done, total) {
      const text = describe(label, done, total);
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

function describe(label: string, done: number | undefined, total: number | undefined): string {
  if (done === undefined || total === undefined || total === 0) return label;
  const filled = Math.round((BAR_WIDTH * Math.min(done, total)) / total);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor((100 * done) / total)}% ${label}`;
}
