import { type ByteSource, type JsonObject, sizeOf } from '@alexnet/core';
import { type CheckpointFile, type CheckpointTensor, type OpenContext, tensorflowLayout } from '../checkpoint-file.ts';
import { checkElements } from '../element-range.ts';
import { parseJsonObject, stringAt } from '../json/parse-json.ts';
import { textOf } from './hdf5/attributes.ts';
import type { Hdf5Dataset } from './hdf5/describe.ts';
import { memoryFor, readDataset } from './hdf5/read-dataset.ts';
import { type Hdf5Session, withHdf5 } from './hdf5/session.ts';
import { type SyncBytes, syncBytes } from './hdf5/sync-bytes.ts';
import { walk } from './hdf5/walk.ts';
import { layerConfigs } from './layer-config.ts';
import { layersOf } from './layers.ts';
import { legacyNames, legacyRoot } from './legacy-names.ts';
import { opsOf } from './ops.ts';
import { varsNames } from './vars-names.ts';

/** What is known of a model besides its HDF5 file. */
export interface KerasDescription {
  /** config.json. */
  readonly model?: JsonObject | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Opens the weights of Keras in HDF5: `.h5` of a model or its weights, `.weights.h5`.
 * Tensors are named for their layer, `conv1/kernel`, in every kind of file. Errors: `invalid-file`, `aborted`.
 */
export async function openKerasHdf5(
  source: ByteSource,
  context: OpenContext = {},
  description: KerasDescription = {},
): Promise<CheckpointFile> {
  const { signal } = context;
  const bytes = await syncBytes(source, { signal });
  const { tensors, ...rest } = await withHdf5(bytes, { memory: 0, signal }, (session) =>
    describe(session, description),
  );
  return {
    format: 'keras',
    layout: tensorflowLayout,
    tensors: new Map([...tensors].map(([name, dataset]) => [name, tensorOf(bytes, dataset)])),
    ...rest,
  };
}

function describe(session: Hdf5Session, { model: given, metadata = {} }: KerasDescription) {
  const tree = walk(session);
  const { name } = session.bytes;
  const json = given === undefined ? textOf(session, '/', 'model_config') : undefined;
  const model = json === undefined ? given : parseJsonObject(json, `${name}, model_config`);
  const configs = model && layerConfigs(model, name);
  const root = legacyRoot(session, tree);
  const named = root === undefined ? varsNames(session, tree, configs) : legacyNames(session, tree, root);
  const facts = ['keras_version', 'backend'].flatMap((key) => {
    const value = textOf(session, '/', key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const ops = configs && opsOf(configs);
  const modelName = stringAt(model, 'config', 'name');
  return {
    tensors: named.tensors,
    layers: layersOf(named.tensors, named.layers, configs),
    ...(ops === undefined ? {} : { ops }),
    metadata: { ...Object.fromEntries(facts), ...(modelName === undefined ? {} : { name: modelName }), ...metadata },
    others: [...named.others, ...tree.others].map((path) => path.slice(1)),
  };
}

function tensorOf(bytes: SyncBytes, dataset: Hdf5Dataset): CheckpointTensor {
  const { dtype, shape, width } = dataset;
  const readInto: NonNullable<CheckpointTensor['readInto']> = async (from, target, options) => {
    checkElements(from, from + target.length / width, sizeOf(shape), dataset.path);
    const memory = memoryFor(dataset);
    await withHdf5(bytes, { memory, ...options }, (session) => readDataset(session, dataset, from, target));
  };
  return {
    dtype,
    shape,
    async read(from, to, options) {
      checkElements(from, to, sizeOf(shape), dataset.path);
      const target = new Uint8Array((to - from) * width);
      await readInto(from, target, options);
      return target;
    },
    readInto,
  };
}
