import type { NamedInput } from '@alexnet/benchmark';
import { asWeights, readSafetensors } from '@alexnet/core';
import type { Job, News } from '../job.ts';
import { toWire } from '../wire-error.ts';
import { runJob } from './run-job.ts';

/*
 * Carries one job out. `postMessage` carries JSON text: what goes to Node must survive it anyway.
 */

const tell = (news: News) => postMessage(JSON.stringify(news));

addEventListener('message', ({ data }: MessageEvent<Job>) => {
  runJob(data, {
    // Node closes the browser to cancel
    signal: new AbortController().signal,
    progress: {
      update: (label, done, total, secondsLeft) =>
        tell({
          kind: 'progress',
          label,
          ...(done === undefined ? {} : { done }),
          ...(total === undefined ? {} : { total }),
          ...(secondsLeft === undefined ? {} : { secondsLeft }),
        }),
    },
    json: (record) => tell({ kind: 'record', record }),
    note: (text) => tell({ kind: 'note', text }),
    inputsOf: ({ id }) => fetchInputs(id),
  }).then(
    (result) => tell({ kind: 'done', result }),
    (error: unknown) => tell({ kind: 'failed', error: toWire(error) }),
  );
});

/** The photographs for a variant, as Node preprocessed them. */
async function fetchInputs(id: string): Promise<readonly NamedInput[]> {
  const response = await fetch(`/inputs/${encodeURIComponent(id)}.safetensors`);
  if (!response.ok) throw new Error(`The inputs of ${id} did not arrive: ${response.status} ${await response.text()}`);
  const tensors = asWeights(readSafetensors(new Uint8Array(await response.arrayBuffer())));
  return [...tensors].map(([name, tensor]) => ({ name, tensor }));
}
