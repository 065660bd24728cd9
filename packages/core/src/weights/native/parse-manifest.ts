import type { LabelSetId } from '../../labels/label-sets.ts';
import { checkPreprocessing } from '../../preprocess/checks.ts';
import type { Crop, Preprocessing, Resampling, Resize } from '../../preprocess/preprocessing.ts';
import { type Dtype, dtypeBytes } from '../safetensors/dtype.ts';
import { type Json, JsonError, parseStrictJson } from '../safetensors/strict-json.ts';
import { decodeUtf8 } from '../utf8.ts';
import { checkManifest } from './check-manifest.ts';
import {
  damagedManifest,
  type Field,
  flag,
  list,
  nameField,
  number,
  oneOf,
  optional,
  record,
  sha256Field,
  text,
  whole,
} from './fields.ts';
import * as limits from './limits.ts';
import {
  type Manifest,
  type ManifestAgreement,
  type ManifestDimensions,
  type ManifestParameter,
  type ManifestPreprocessing,
  nativePrecisions,
  type ParameterLoss,
  type ParameterRecipe,
  type Part,
  type Provenance,
  type Shard,
  type ShardTensor,
} from './manifest.ts';

/**
 * Reads and checks the bytes of a `manifest.json`: afterwards every part lies in a tensor of the right type and shape, no two tensors
 * overlap, every row of every parameter is somewhere once, and sizes are within limits.
 * Errors: `invalid-file`, with the place.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > limits.MAX_MANIFEST_BYTES) {
    throw damagedManifest(`${bytes.length} bytes are more than the limit of ${limits.MAX_MANIFEST_BYTES}`, 'size');
  }
  const string = decodeUtf8(bytes);
  if (string === undefined) throw damagedManifest('It is not valid UTF-8', 'text');
  const manifest = manifestField(parse(string), 'manifest');
  try {
    checkPreprocessing(manifest.preprocessing);
  } catch (error) {
    throw damagedManifest('The preprocessing contradicts itself', 'preprocessing', error);
  }
  checkManifest(manifest);
  return manifest;
}

function parse(string: string): Json {
  try {
    return parseStrictJson(string, { depth: 8, values: limits.MAX_MANIFEST_VALUES });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw damagedManifest(`It is not valid JSON: ${error.message}`, `character ${error.at}`, error);
  }
}

const shape = list(whole(1, limits.MAX_ELEMENTS), 8, 1);
const offset = whole(0, limits.MAX_SHARD_BYTES);
/** Numbers that are measured: anything but infinite. */
const measured = number(0, Number.MAX_VALUE);
const anyNumber = number(-Number.MAX_VALUE, Number.MAX_VALUE);

const labelSetIds: readonly LabelSetId[] = ['imagenet', 'cifar10', 'plantvillage'];

const labels: Field<LabelSetId | readonly string[]> = (value, where) =>
  typeof value === 'string' ? oneOf(...labelSetIds)(value, where) : list(text(1000), 1_000_000, 1)(value, where);

const resampling = oneOf<Resampling>('bilinear-antialias', 'bilinear', 'bilinear-legacy');

const channelMean = record<Extract<ManifestPreprocessing['mean'], { kind: 'channel' }>>({
  kind: oneOf('channel' as const),
  values: list(anyNumber, 16),
});
const ownMean = record<Extract<ManifestPreprocessing['mean'], { kind: 'own-scalar' }>>({
  kind: oneOf('own-scalar' as const),
});

const preprocessing = record<ManifestPreprocessing>({
  resize: optional(
    record<{ mode: Resize['mode']; size: number; resampling: Resampling }>({
      mode: oneOf<Resize['mode']>('short-side', 'warp'),
      size: whole(1, 2 ** 24),
      resampling,
    }) as Field<Resize>,
  ),
  crop: record<{ mode: Crop['mode']; size: number }>({
    mode: oneOf<Crop['mode']>('centre', 'ten'),
    size: whole(1, 2048),
  }),
  channels: oneOf<Preprocessing['channels']>('RGB', 'BGR', 'grey'),
  mean: optional((value, where) =>
    value instanceof Map && value.has('values') ? channelMean(value, where) : ownMean(value, where),
  ),
  scale: optional(anyNumber),
  deviation: optional(list(anyNumber, 16)),
});

const tensor = record<ShardTensor>({
  name: nameField,
  dtype: oneOf(...(Object.keys(dtypeBytes) as Dtype[])),
  shape,
  begin: offset,
  end: offset,
  sha256: sha256Field,
});

const shard = record<Shard>({
  // one step of a path, in characters that every file system and address takes as they are
  file: text(100, /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*\.safetensors$/),
  bytes: whole(1, limits.MAX_SHARD_BYTES),
  sha256: sha256Field,
  tensors: list(tensor, limits.MAX_TENSORS, 1),
});

const row = whole(0, limits.MAX_ELEMENTS);

const rows: Field<Part['rows']> = (value, where) => {
  const [from, to] = list(row, 2, 2)(value, where);
  return [from!, to!];
};

const parameter = record<ManifestParameter>({
  name: nameField,
  shape,
  precision: oneOf(...nativePrecisions),
  recipe: optional(
    record<ParameterRecipe>({
      scales: optional(oneOf('largest' as const, 'least-squares')),
      weighted: optional(flag),
      density: optional(number(0, 1)),
      bits: optional(whole(0, 8)),
    }),
  ),
  loss: optional(
    record<ParameterLoss>({
      rmse: measured,
      relative: measured,
      snrDb: optional(anyNumber),
      max: measured,
      output: optional(measured),
    }),
  ),
  parts: list(
    record<Part>({
      rows,
      shard: whole(0, limits.MAX_SHARDS),
      data: nameField,
      scales: optional(nameField),
    }),
    limits.MAX_TENSORS,
    1,
  ),
});

const manifestField = record<Manifest>({
  format: oneOf('alexnet-weights' as const),
  version: oneOf(1 as const),
  variant: text(100, /^[a-z0-9][a-z0-9-]*$/),
  dimensions: record<ManifestDimensions>({
    classes: whole(1, 1_000_000),
    // the least that makes a difference, of a layer of a million
    width: number(1e-6, 16),
    inputSize: whole(1, 8192),
  }),
  precision: oneOf(...nativePrecisions),
  labels: optional(labels),
  preprocessing,
  licence: optional(text(10_000)),
  provenance: optional(
    record<Provenance>({ source: text(), sha256: optional(sha256Field), converter: optional(text()) }),
  ),
  agreement: optional(
    record<ManifestAgreement>({
      samples: whole(0, 2 ** 31),
      top1: number(0, 1),
      largest: optional(number(0, 1)),
    }),
  ),
  bytes: whole(1, limits.MAX_SHARDS * limits.MAX_SHARD_BYTES),
  shards: list(shard, limits.MAX_SHARDS, 1),
  parameters: list(parameter, limits.MAX_PARAMETERS, 1),
});
