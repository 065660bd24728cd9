import { concatBytes, readSafetensors, sizeOf, type Tensor, writeSafetensors } from '@alexnet/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { train } from '../loop/train.ts';
import { options } from '../testing/small-training.ts';
import { decodeCheckpoint, encodeCheckpoint } from './codec.ts';
import { latestCheckpoint } from './keep.ts';
import { memoryStore } from './memory-store.ts';

let file: Uint8Array;
beforeAll(async () => {
  const store = memoryStore();
  for await (const event of train(await options({ checkpoints: { store, everySteps: 4 } }))) {
    if (event.kind === 'checkpoint' && event.step === 4) break;
  }
  file = await store.read('checkpoint-000000004.safetensors');
});

/** The file with other metadata or tensors. */
function changed(
  metadata: (given: Record<string, string>) => Record<string, string>,
  tensors: (given: Map<string, Tensor>) => void = () => {},
): Uint8Array {
  const { tensors: stored, metadata: given } = readSafetensors(file);
  const all = new Map([...stored].map(([name, { shape, data }]) => [name, { shape, data: asFloats(data) }]));
  tensors(all);
  return concatBytes(writeSafetensors(all, { metadata: metadata({ ...given }) }));
}

function asFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

const progressWith = (change: (progress: Record<string, unknown>) => void) => (given: Record<string, string>) => {
  const progress = JSON.parse(given['progress']!) as Record<string, unknown>;
  change(progress);
  return { ...given, progress: JSON.stringify(progress) };
};

it('is a safetensors file with weights under their names and slots beside them', () => {
  const names = [...readSafetensors(file).tensors.keys()];
  expect(names).toContain('conv.weight');
  expect(names).toContain('conv.weight.velocity');
  expect(names).toContain('bn.variance');
  expect(names).not.toContain('bn.variance.velocity');
});

it('gives back what was written', () => {
  const checkpoint = decodeCheckpoint(file);
  expect(checkpoint.progress).toMatchObject({ epoch: 1, batch: 1, step: 4, best: { epoch: 0 } });
  expect(checkpoint.setup).toMatchObject({ network: 'small', seed: 8, batchSize: 4, size: 10 });
  expect([...checkpoint.state.slots.keys()]).toContain('fc.bias.velocity');
  expect([...checkpoint.state.weights.keys()]).not.toContain('fc.bias.velocity');
  expect(concatBytes(encodeCheckpoint(checkpoint))).toEqual(file);
});

describe('a file that is none, or is damaged, is refused', () => {
  it.each<{ why: string; bytes: () => Uint8Array; says: RegExp }>([
    { why: 'cut off', bytes: () => file.subarray(0, file.length - 8), says: /cut off/ },
    {
      why: 'no safetensors',
      bytes: () => new TextEncoder().encode('a letter, longer than a header'),
      says: /header|long/i,
    },
    { why: 'weights alone', bytes: () => changed(() => ({})), says: /holds weights, but no training/ },
    { why: 'a later version', bytes: () => changed((given) => ({ ...given, version: '2' })), says: /version 2/ },
    {
      why: 'no JSON',
      bytes: () => changed((given) => ({ ...given, progress: '{"epoch":1' })),
      says: /progress is not JSON/,
    },
    {
      why: 'JSON of another kind',
      bytes: () => changed((given) => ({ ...given, setup: '[]' })),
      says: /setup is not an object/,
    },
    {
      why: 'a step below 0',
      bytes: () => changed(progressWith((progress) => (progress['step'] = -1))),
      says: /progress\.step is not a whole number/,
    },
    {
      why: 'no history',
      bytes: () => changed(progressWith((progress) => delete progress['history'])),
      says: /progress\.history is not a list/,
    },
    {
      why: 'a history of text',
      bytes: () => changed(progressWith((progress) => (progress['history'] = ['good']))),
      says: /history\[0\] is not an object/,
    },
    {
      why: 'best weights from anywhere',
      bytes: () =>
        changed(progressWith((progress) => (progress['best'] = { epoch: 0, value: 1, file: '../../secret' }))),
      says: /best\.file is not the name/,
    },
    {
      why: 'an optimiser that there is not',
      bytes: () => changed((given) => ({ ...given, setup: given['setup']!.replace('"sgd"', '"adam"') })),
      says: /rule\.kind is not sgd, rmsprop or adadelta/,
    },
    {
      why: 'a slot of another shape',
      bytes: () =>
        changed(
          (given) => given,
          (tensors) => tensors.set('fc.bias.velocity', { shape: [2], data: new Float32Array(2) }),
        ),
      says: /fc\.bias\.velocity has another shape than fc\.bias/,
    },
  ])('$why', ({ bytes, says }) => {
    expect(() => decodeCheckpoint(bytes())).toThrow(
      expect.objectContaining({ code: 'invalid-file', message: expect.stringMatching(says) }),
    );
  });

  it('when it is loaded, for another network', async () => {
    const other = decodeCheckpoint(
      changed(
        (given) => given,
        (tensors) => {
          const { shape } = tensors.get('fc.weight')!;
          const wider = [shape[0]! + 1, shape[1]!];
          for (const name of ['fc.weight', 'fc.weight.velocity'])
            tensors.set(name, { shape: wider, data: new Float32Array(sizeOf(wider)) });
        },
      ),
    );
    const given = await options({ from: { checkpoint: other, bestWeights: other.state.weights } });
    await expect(train(given).next()).rejects.toMatchObject({
      code: 'invalid-weights',
      message: expect.stringContaining('fc.weight has shape'),
    });
  });
});

describe('the latest checkpoint', () => {
  it('is the newest that can be read', async () => {
    const store = memoryStore();
    const without = changed(progressWith((progress) => delete progress['best']));
    await store.write('checkpoint-000000004.safetensors', [without]);
    await store.write('checkpoint-000000010.safetensors', [file.subarray(0, 900)]);
    await store.write('notes.txt', [Uint8Array.of(1)]);
    const latest = await latestCheckpoint(store);
    expect(latest).toMatchObject({ name: 'checkpoint-000000004.safetensors', checkpoint: { progress: { step: 4 } } });
    expect(latest!.damaged.map(({ name }) => name)).toEqual(['checkpoint-000000010.safetensors']);
  });

  it('is none in an empty store', async () => {
    expect(await latestCheckpoint(memoryStore())).toBeUndefined();
  });

  it('is an error where all are damaged', async () => {
    const store = memoryStore();
    await store.write('checkpoint-000000004.safetensors', [file.subarray(0, 900)]);
    await expect(latestCheckpoint(store)).rejects.toThrow(
      'No checkpoint can be read: checkpoint-000000004.safetensors',
    );
  });
});
