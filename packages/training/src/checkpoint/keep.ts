import { AlexNetError, asWeights, readSafetensors, type Weights, writeSafetensors } from '@alexnet/core';
import type { Checkpoint } from './checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from './codec.ts';
import { bestName, checkpointName, isBestName, isCheckpointName } from './names.ts';
import type { CheckpointStore } from './store.ts';

/** Writes a checkpoint and then removes what is older than the last `keep`, with best weights that none of these names. Returns its name. */
export async function saveCheckpoint(store: CheckpointStore, checkpoint: Checkpoint, keep: number): Promise<string> {
  const name = checkpointName(checkpoint.progress.step);
  await store.write(name, encodeCheckpoint(checkpoint));
  const names = await store.list();
  // each epoch ends with a checkpoint, so from one to the next the best weights change once at most
  for (const isOne of [isCheckpointName, isBestName]) {
    for (const old of names.filter(isOne).sort().slice(0, -keep)) await store.remove(old);
  }
  return name;
}

export async function saveBest(store: CheckpointStore, epoch: number, weights: Weights): Promise<string> {
  const name = bestName(epoch);
  await store.write(name, writeSafetensors(weights, { metadata: { epoch: String(epoch) } }));
  return name;
}

/** What a training goes on from. */
export interface Resumption {
  /** The checkpoint's name in its store, for messages. */
  readonly name?: string;
  readonly checkpoint: Checkpoint;
  /** The best weights so far, where the checkpoint names some. */
  readonly bestWeights?: Weights;
}

export interface Latest extends Resumption {
  readonly name: string;
  /** Newer files that cannot be read, and why. */
  readonly damaged: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * The newest checkpoint of a store that can be read; undefined where there is none at all.
 * Errors: `invalid-file` when there are checkpoints, and all are damaged.
 */
export async function latestCheckpoint(store: CheckpointStore): Promise<Latest | undefined> {
  const names = (await store.list()).filter(isCheckpointName).sort().reverse();
  const damaged: { name: string; reason: string }[] = [];
  for (const name of names) {
    try {
      return { name, damaged, ...(await read(store, name)) };
    } catch (error) {
      if (!(error instanceof AlexNetError && error.code === 'invalid-file')) throw error;
      damaged.push({ name, reason: error.message });
    }
  }
  const [first] = damaged;
  if (first === undefined) return undefined;
  throw new AlexNetError({
    code: 'invalid-file',
    message: `No checkpoint can be read: ${damaged.map(({ name }) => name).join(', ')}; ${first.reason.replace(/\.$/, '')}`,
    where: 'checkpoints',
    fix: 'Remove them to begin anew.',
  });
}

async function read(store: CheckpointStore, name: string): Promise<Resumption> {
  const checkpoint = decodeCheckpoint(await store.read(name));
  const file = checkpoint.progress.best?.file;
  return file === undefined
    ? { checkpoint }
    : { checkpoint, bestWeights: asWeights(readSafetensors(await store.read(file))) };
}
