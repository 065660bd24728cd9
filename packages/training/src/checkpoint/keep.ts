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
  const current = new Set([name, checkpoint.progress.best?.file]);
  // each epoch ends with a checkpoint, so from one to the next the best weights change once at most
  for (const isOne of [isCheckpointName, isBestName]) {
    const others = names.filter((other) => isOne(other) && !current.has(other)).sort();
    for (const old of others.slice(0, Math.max(0, others.length - keep + 1))) await store.remove(old);
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
  /** The best weights that it names cannot be read: it comes without, and of the epochs that come one is the best. */
  readonly bestIsLost?: true;
  /** Files that cannot be read, and why: newer checkpoints, or the best weights that they name. */
  readonly damaged: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * The newest checkpoint of a store that can be read with its best weights, else the newest without. Undefined where there is none at all.
 * Errors: `invalid-file` when there are checkpoints, and all are damaged.
 */
export async function latestCheckpoint(store: CheckpointStore): Promise<Latest | undefined> {
  const names = (await store.list()).filter(isCheckpointName).sort().reverse();
  const damaged: { name: string; reason: string }[] = [];
  const unlessDamaged = async <T>(name: string, decode: (file: Uint8Array) => T): Promise<T | undefined> => {
    try {
      return decode(await store.read(name));
    } catch (error) {
      if (!(error instanceof AlexNetError && error.code === 'invalid-file')) throw error;
      if (!damaged.some((other) => other.name === name)) damaged.push({ name, reason: error.message });
      return undefined;
    }
  };
  let withoutBest: Omit<Latest, 'damaged'> | undefined;
  for (const name of names) {
    const checkpoint = await unlessDamaged(name, decodeCheckpoint);
    if (checkpoint === undefined) continue;
    const file = checkpoint.progress.best?.file;
    if (file === undefined) return { name, damaged, checkpoint };
    const bestWeights = await unlessDamaged(file, (bytes) => asWeights(readSafetensors(bytes)));
    if (bestWeights !== undefined) return { name, damaged, checkpoint, bestWeights };
    const progress = { ...checkpoint.progress, best: undefined, stalled: 0 };
    withoutBest ??= { name, checkpoint: { ...checkpoint, progress }, bestIsLost: true };
  }
  if (withoutBest !== undefined) return { ...withoutBest, damaged };
  const [first] = damaged;
  if (first === undefined) return undefined;
  throw new AlexNetError({
    code: 'invalid-file',
    message: `No checkpoint can be read: ${damaged.map(({ name }) => name).join(', ')}; ${first.reason.replace(/\.$/, '')}`,
    where: 'checkpoints',
    fix: 'Remove them to begin anew.',
  });
}
