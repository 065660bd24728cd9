import { parentPort, workerData } from 'node:worker_threads';
import { AlexNetError } from '@alexnet/core';
import { openPixels, type PackReader } from '../pack/read-pixels.ts';
import { reasonOf } from './image-of.ts';
import type { BatchJob, Order, PixelsJob, Reply, Setup } from './jobs.ts';
import { makeBatch } from './make-batch.ts';
import { makePixels } from './make-pixels.ts';

/*
 * A worker thread: one job after the other, until it is told to stop. It then ends by itself, after the decoding that it
 * is in: ended from outside, sharp takes the whole process along.
 */

const { setup, flag } = workerData as { readonly setup: Setup; readonly flag: Int32Array };
const port = parentPort!;
const stopped = () => Atomics.load(flag, 0) === 1;
let pack: PackReader | undefined;

async function work(job: unknown): Promise<readonly [result: unknown, buffers: ArrayBuffer[]] | undefined> {
  if (setup.kind === 'batches') {
    if (setup.pack !== undefined) pack ??= openPixels(setup.pack);
    const batch = await makeBatch(job as BatchJob, setup, pack, stopped);
    return batch && [batch, [batch.data.buffer]];
  }
  const pixels = await makePixels(job as PixelsJob, setup.resize, stopped);
  return pixels && [pixels, pixels.flatMap((image) => ('reason' in image ? [] : [image.data.buffer]))];
}

async function answer(job: unknown): Promise<void> {
  try {
    const result = await work(job);
    if (result !== undefined) port.postMessage({ done: result[0] } satisfies Reply, result[1]);
  } catch (error) {
    const code = error instanceof AlexNetError ? error.code : 'backend-failure';
    port.postMessage({ error: { code, message: reasonOf(error) } } satisfies Reply);
  }
}

let last: Promise<void> = Promise.resolve();
port.on('message', (order: Order) => {
  last = last.then(async () => (order === 'stop' ? end() : answer(order.job)));
});

function end(): void {
  pack?.close();
  port.close();
}
