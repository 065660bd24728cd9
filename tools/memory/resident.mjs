import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/*
 * Resident memory of this process, as Linux counts it: bytes.
 */

/** Now and at most since `resetPeak`; `anonymous` is what is no file's. */
export function resident() {
  const status = readFileSync('/proc/self/status', 'utf8');
  /** @param {string} field */
  const bytes = (field) => 1024 * Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]);
  return { now: bytes('VmRSS'), peak: bytes('VmHWM'), anonymous: bytes('RssAnon') + bytes('RssShmem') };
}

/** From here on the peak is counted anew. */
export function resetPeak() {
  writeFileSync('/proc/self/clear_refs', '5');
}

/** Watches from a thread of its own, since the kernel keeps no peak of the anonymous part: samples, every two milliseconds. */
export async function anonymousPeak() {
  const worker = new Worker(new URL(import.meta.url));
  await new Promise((resolve) => worker.once('message', resolve));
  return {
    reset: () => worker.postMessage('reset'),
    /** @returns {Promise<number>} */
    stop: () =>
      new Promise((resolve) => {
        worker.once('message', resolve);
        worker.postMessage('stop');
      }),
  };
}

if (!isMainThread) {
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, resident().anonymous);
  }, 2);
  parentPort?.on('message', (message) => {
    if (message === 'reset') {
      peak = 0;
      return;
    }
    clearInterval(look);
    parentPort?.postMessage(peak);
    parentPort?.close();
  });
  parentPort?.postMessage('ready');
}
