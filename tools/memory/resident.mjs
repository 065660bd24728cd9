import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

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
  const peak = new Float64Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL(import.meta.url), { workerData: peak });
  await new Promise((resolve) => worker.once('online', resolve));
  return {
    reset() {
      peak[0] = 0;
    },
    async stop() {
      await worker.terminate();
      return peak[0] ?? 0;
    },
  };
}

if (!isMainThread) {
  /** @type {Float64Array} */
  const peak = workerData;
  setInterval(() => {
    peak[0] = Math.max(peak[0] ?? 0, resident().anonymous);
  }, 2);
}
