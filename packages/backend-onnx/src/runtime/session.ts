import { externalise } from '../model/external-data.ts';
import { encodeModel, type OnnxModel } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import type { Engine, OnnxSession } from './engine.ts';
import { engineError } from './errors.ts';
import { writeModelFiles } from './model-files.ts';

/**
 * Gives a model to an engine. The weights go beside it, so that there is no limit of 2 GB:
 * - where there are files, in a temporary one: the one copy of the weights, which the engine maps into memory
 *   and lays out as it likes, half as much memory as when it is handed a buffer;
 * - else as views of the caller's arrays, of which the engine makes the one copy.
 * Errors: `out-of-memory`, `backend-failure`.
 */
export async function createSession(engine: Engine, model: OnnxModel): Promise<OnnxSession> {
  try {
    return (await fromFiles(engine, model)) ?? (await fromMemory(engine, model));
  } catch (cause) {
    throw engineError(cause, engine.name, `compiling ${model.name}`);
  }
}

const DATA_FILE = 'weights';

/** Undefined where the engine or the system has no files. */
async function fromFiles(
  { runtime, session, weightsInFiles }: Engine,
  model: OnnxModel,
): Promise<OnnxSession | undefined> {
  const files = weightsInFiles ? writeModelFiles(externalise(model, DATA_FILE), DATA_FILE) : undefined;
  if (files === undefined) return undefined;
  try {
    return await runtime.InferenceSession.create(files.model, session);
  } finally {
    files.remove();
  }
}

function fromMemory({ runtime, session, turns }: Engine, model: OnnxModel): Promise<OnnxSession> {
  const create = () => {
    const { encoded, externalData } = inMemory(model);
    return runtime.InferenceSession.create(encoded, { ...session, externalData });
  };
  return turns === undefined ? create() : turns(create);
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
