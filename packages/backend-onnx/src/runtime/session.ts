import { throwIfAborted } from '@alexnet/core';
import { externalise } from '../model/external-data.ts';
import { encodeModel, type OnnxModel } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import type { Engine, OnnxSession } from './engine.ts';
import { engineError } from './errors.ts';
import { type Held, readLate } from './hold.ts';
import { openModelFiles } from './model-files.ts';
import { writeWeights } from './write-weights.ts';

/** A model, some of whose weights are still to be read. */
export interface UnreadModel extends Held {
  readonly model: OnnxModel;
}

export interface LoadedModel {
  readonly session: OnnxSession;
  readonly model: OnnxModel;
}

/**
 * Gives a model to an engine. The weights go beside it, so that there is no limit of 2 GB:
 * - where there are files, in a temporary one, some rows at a time: the one copy of the weights, which the engine maps into memory
 *   and lays out as it likes, half as much memory as when it is handed a buffer;
 * - else as views of arrays, all of which it wants at once, and of which it makes a copy.
 * `make` is called again where the file system turns out to have no room. Errors: `out-of-memory`, `backend-failure`, `aborted`, those of `make` and of the source.
 */
export async function createSession(
  engine: Engine,
  make: () => Promise<UnreadModel>,
  signal: AbortSignal | undefined,
): Promise<LoadedModel> {
  return (await fromFiles(engine, make, signal)) ?? (await fromMemory(engine, await make(), signal));
}

const DATA_FILE = 'weights';

/** Undefined where the engine or the system has no files, or no room in them. */
async function fromFiles(
  engine: Engine,
  make: () => Promise<UnreadModel>,
  signal: AbortSignal | undefined,
): Promise<LoadedModel | undefined> {
  const files = engine.weightsInFiles ? openModelFiles(DATA_FILE) : undefined;
  if (files === undefined) return undefined;
  try {
    const unread = await make();
    const { model } = unread;
    const externalised = externalise(model, DATA_FILE);
    if (!(await writeWeights(externalised, unread, files, signal))) return undefined;
    throwIfAborted(signal, 'compile');
    return await inEngine(engine, model, async () => {
      const path = files.finish(externalised.model);
      return path === undefined
        ? undefined
        : { session: await engine.runtime.InferenceSession.create(path, engine.session), model };
    });
  } finally {
    files.remove();
  }
}

async function fromMemory(engine: Engine, unread: UnreadModel, signal: AbortSignal | undefined): Promise<LoadedModel> {
  const { model } = unread;
  await readLate(unread, signal);
  throwIfAborted(signal, 'compile');
  const create = () => {
    const { encoded, externalData } = inMemory(model);
    return engine.runtime.InferenceSession.create(encoded, { ...engine.session, externalData });
  };
  const inTurn = engine.turns ?? ((work) => work());
  const session = await inTurn(() => inEngine(engine, model, create), { signal, what: 'compile' });
  return { session, model };
}

async function inEngine<T>({ name }: Engine, model: OnnxModel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw engineError(cause, name, `compiling ${model.name}`);
  }
}

/** One buffer per parameter: a single one would have to be put together first. */
function inMemory(model: OnnxModel): { encoded: Uint8Array; externalData: { path: string; data: Uint8Array }[] } {
  const { model: light, parts } = externalise(model, DATA_FILE);
  const initializers = light.initializers.map((initializer) => {
    const { name, external } = initializer;
    return external === undefined ? initializer : { ...initializer, external: { ...external, file: name, offset: 0 } };
  });
  return {
    encoded: concatenate(encodeModel({ ...light, initializers })),
    externalData: parts.map(({ initializer }) => ({ path: initializer.name, data: initializer.data })),
  };
}
