import { AlexNetError } from '../../error.ts';
import type { Preprocessing } from '../../preprocess/preprocessing.ts';
import { sizeOf } from '../../tensor.ts';
import { checkWeights } from '../check.ts';
import { dtypeBytes, type StoredTensor } from '../safetensors/dtype.ts';
import { type ErrorSum, errorSum } from '../stored/weight-error.ts';
import { tensorsOfRows } from './check-manifest.ts';
import { MAX_SHARD_BYTES, SHARD_BYTES } from './limits.ts';
import {
  MANIFEST_FILE,
  type ManifestParameter,
  type ManifestPreprocessing,
  type ParameterRecipe,
  type Part,
  type Shard,
} from './manifest.ts';
import { type RowReader, rowReader, type StoredPart, storeRows } from './store-rows.ts';
import { openShared } from './store-shared.ts';
import { writeManifest } from './write-manifest.ts';
import { type ParameterPlan, planParameters, type WriteWeightsOptions } from './write-plan.ts';
import { SHARD_OVERHEAD, tensorOverhead, writeShard } from './write-shard.ts';

/** A file of a weight folder. */
export interface WeightFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/**
 * Writes weights in the native format, file by file: shards in the order in which the network needs them, `manifest.json` last. One shard is
 * in memory at a time (with `dc`, one parameter besides). The same weights and options give the same bytes.
 * Errors: `invalid-weights`, `invalid-input`, `unknown-name`, `unsupported` (no Web Crypto, a mean image), `aborted`, and the source's own.
 */
export async function* writeWeights(options: WriteWeightsOptions): AsyncGenerator<WeightFile, void> {
  const { variant, dimensions, weights, precision, scales = 'least-squares', licence, provenance, signal } = options;
  const preprocessing = withoutImage(variant.preprocessing);
  const plans = planParameters(options);
  const limit = shardLimit(options.shardBytes);
  checkWeights(variant.graph, weights);
  const read = rowReader(weights, signal);

  const shards: Shard[] = [];
  const parameters: ManifestParameter[] = [];
  let open = new Map<string, StoredTensor>();
  let space = limit;
  const seal = async (): Promise<WeightFile> => {
    const { data, shard } = await writeShard(`weights-${String(shards.length).padStart(3, '0')}.safetensors`, open);
    shards.push(shard);
    open = new Map();
    space = limit;
    return { name: shard.file, data };
  };

  for (const plan of plans) {
    const error = errorSum(plan.importance);
    const { recipe, parts } = await openParameter(plan, { scales, limit, read, error });
    const placed: Part[] = [];
    for await (const stored of parts) {
      const { part, tensors } = nameTensors(plan, stored);
      const size = [...tensors].reduce((sum, [name, { data }]) => sum + data.length + tensorOverhead(name), 0);
      if (size > limit) throw tooLong(plan.name, size);
      if (size > space) yield await seal();
      placed.push({ ...part, shard: shards.length });
      for (const [name, tensor] of tensors) open.set(name, tensor);
      space -= size;
    }
    const { name, shape } = plan;
    parameters.push({ name, shape, precision: plan.precision, ...recipe, ...lossOf(error), parts: placed });
  }
  if (open.size > 0) yield await seal();

  const agreement = typeof options.agreement === 'function' ? await options.agreement() : options.agreement;
  const labels = options.labels ?? variant.labels;
  const data = writeManifest({
    format: 'alexnet-weights',
    version: 1,
    variant: variant.id,
    dimensions,
    precision,
    ...(labels === undefined ? {} : { labels }),
    preprocessing,
    ...(licence === undefined ? {} : { licence }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(agreement === undefined ? {} : { agreement }),
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
    shards,
    parameters,
  });
  yield { name: MANIFEST_FILE, data };
}

interface Means {
  readonly scales: 'largest' | 'least-squares';
  readonly limit: number;
  readonly read: RowReader;
  readonly error: ErrorSum;
}

interface OpenParameter {
  readonly recipe: { readonly recipe?: ParameterRecipe };
  readonly parts: Iterable<StoredPart> | AsyncIterable<StoredPart>;
}

async function openParameter(plan: ParameterPlan, { scales, limit, read, error }: Means): Promise<OpenParameter> {
  const { name, shape, precision, importance, dc } = plan;
  if (precision === 'dc') {
    const { sharing, parts } = await openShared(name, shape, dc!, read);
    return { recipe: { recipe: { density: sharing.density, bits: dc!.bits } }, parts: parts(error) };
  }
  const weighted = scales === 'least-squares' && importance !== undefined;
  const isScaled = (precision === 'q8' || precision === 'q4') && !plan.asGiven;
  return {
    recipe: isScaled ? { recipe: { scales, ...(weighted ? { weighted } : {}) } } : {},
    parts: rowBlocks(plan, limit, (rows) =>
      storeRows({ name, shape, precision, scales, importance }, rows, read, error),
    ),
  };
}

/** Blocks of as many rows as fit into a shard, all about as large. */
async function* rowBlocks(
  { name, shape, precision }: ParameterPlan,
  limit: number,
  store: (rows: Part['rows']) => Promise<StoredPart>,
): AsyncGenerator<StoredPart, void> {
  const [rows = 1, ...inner] = shape;
  const { data, scales } = tensorsOfRows(precision, [1, ...inner]);
  const bytesOf = (tensor: typeof data) => sizeOf(tensor.shape!) * dtypeBytes[tensor.dtype];
  const rowBytes = bytesOf(data) + (scales === undefined ? 0 : bytesOf(scales));
  // the names get longer by the rows, of at most ten digits each
  const longest = `${name}[0123456789:0123456789].${precision}.scales`;
  const most = Math.floor((limit - 2 * tensorOverhead(longest)) / rowBytes);
  if (most < 1) throw tooLong(name, rowBytes);
  const step = Math.ceil(rows / Math.ceil(rows / most));
  for (let from = 0; from < rows; from += step) yield store([from, Math.min(rows, from + step)]);
}

/** Whole parameters keep their names where they mean what they say; parts and other precisions say so in theirs. */
function nameTensors({ name, shape, precision }: ParameterPlan, { rows, data, scales }: StoredPart) {
  const isWhole = rows[1] - rows[0] === shape[0];
  const suffix = precision === 'f32' || precision === 'f16' ? '' : `.${precision}`;
  const dataName = `${name}${isWhole ? '' : `[${rows[0]}:${rows[1]}]`}${suffix}`;
  if (scales === undefined) return { part: { rows, data: dataName }, tensors: new Map([[dataName, data]]) };
  const scalesName = `${dataName}.scales`;
  return {
    part: { rows, data: dataName, scales: scalesName },
    tensors: new Map([
      [dataName, data],
      [scalesName, scales],
    ]),
  };
}

/** Nothing where nothing is lost, and where it cannot be said (f16 of values that are infinite or no numbers). */
function lossOf(error: ErrorSum): Pick<ManifestParameter, 'loss'> {
  const loss = error.result();
  return loss.max > 0 && Object.values(loss).every(Number.isFinite) ? { loss } : {};
}

function shardLimit(bytes = SHARD_BYTES): number {
  if (Number.isInteger(bytes) && bytes >= 4096 && bytes <= MAX_SHARD_BYTES) return bytes - SHARD_OVERHEAD;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `Shards of ${bytes} bytes are not of 4096 to ${MAX_SHARD_BYTES}`,
    where: 'shardBytes',
  });
}

function withoutImage({ mean, ...rest }: Preprocessing): ManifestPreprocessing {
  if (mean === undefined) return rest;
  if (mean.kind !== 'image') return { ...rest, mean };
  throw new AlexNetError({
    code: 'unsupported',
    message: 'A manifest holds no mean image',
    fix: 'Subtract the mean of each channel instead.',
    where: 'preprocessing',
  });
}

function tooLong(name: string, bytes: number): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message: `A row of ${name} takes ${bytes} bytes and does not fit into a shard`,
    where: 'shardBytes',
  });
}
