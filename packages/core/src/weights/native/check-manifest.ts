import { type Shape, sameShape, showShape, sizeOf } from '../../tensor.ts';
import { ELEMENTS_PER_BYTE } from '../dc/format.ts';
import { type Dtype, dtypeBytes } from '../safetensors/dtype.ts';
import { ALIGNMENT, isPadName, PREFIX_BYTES, quote } from '../safetensors/format.ts';
import { Q4_BLOCK } from '../stored/stored-weight.ts';
import { damagedManifest } from './fields.ts';
import { MAX_ELEMENTS } from './limits.ts';
import type { Manifest, ManifestParameter, NativePrecision, Part, Shard, ShardTensor } from './manifest.ts';

/** Checks what fields alone cannot show. Errors: `invalid-file`. */
export function checkManifest({ shards, parameters, bytes, labels, dimensions }: Manifest): void {
  if (typeof labels === 'object' && labels.length !== dimensions.classes) {
    throw damagedManifest(`${labels.length} labels are not one for each of ${dimensions.classes} classes`, 'labels');
  }
  checkUnique(shards, ({ file }) => file, 'shards');
  checkUnique(parameters, ({ name }) => name, 'parameters');
  const sum = shards.reduce((total, shard) => total + shard.bytes, 0);
  if (sum !== bytes) throw damagedManifest(`The shards have ${sum} bytes together, not ${bytes}`, 'bytes');
  // what no part has claimed yet
  const unclaimed = shards.map((shard) => {
    checkShard(shard);
    return new Map(shard.tensors.map((tensor) => [tensor.name, tensor]));
  });
  for (const parameter of parameters) checkParameter(parameter, unclaimed);
  const [left] = unclaimed.flatMap((tensors) => [...tensors.keys()]);
  if (left !== undefined) throw damagedManifest(`The tensor ${quote(left)} is no part of any parameter`, 'shards');
}

function checkUnique<T>(items: readonly T[], keyOf: (item: T) => string, where: string): void {
  const seen = new Set<string>();
  for (const key of items.map(keyOf)) {
    if (seen.has(key)) throw damagedManifest(`${quote(key)} occurs twice`, where);
    seen.add(key);
  }
}

/** Tensors are aligned, as large as they say, in order, and apart. */
function checkShard({ file, bytes, tensors }: Shard): void {
  checkUnique(tensors, ({ name }) => name, file);
  let at = PREFIX_BYTES;
  for (const { name, dtype, shape, begin, end } of tensors) {
    const where = `${file}, tensor ${quote(name)}`;
    if (isPadName(name)) throw damagedManifest('A pad is no tensor', where);
    if (begin % ALIGNMENT !== 0) throw damagedManifest(`It begins at ${begin}, no multiple of ${ALIGNMENT}`, where);
    if (begin < at) throw damagedManifest(`It begins at ${begin}, before ${at}, where the bytes before it end`, where);
    if (end > bytes) throw damagedManifest(`It ends at ${end}, beyond the ${bytes} bytes of the shard`, where);
    const size = sizeOf(shape) * dtypeBytes[dtype];
    if (size !== end - begin) {
      throw damagedManifest(`${dtype} ${showShape(shape)} takes ${size} bytes, not ${end - begin}`, where);
    }
    at = end;
  }
}

/** Parts follow each other without a gap, and each has the tensors that its precision needs. */
function checkParameter(parameter: ManifestParameter, unclaimed: readonly Map<string, ShardTensor>[]): void {
  const { name, shape, precision, parts } = parameter;
  const where = `parameter ${quote(name)}`;
  if (sizeOf(shape) > MAX_ELEMENTS) throw damagedManifest(`It has more than ${MAX_ELEMENTS} elements`, where);
  if ((precision === 'q8' || precision === 'q4') && shape.length !== 2) {
    throw damagedManifest(`${precision} stores [out, in], not ${showShape(shape)}`, where);
  }
  let row = 0;
  for (const part of parts) {
    const [from, to] = part.rows;
    if (from !== row || to <= from) {
      throw damagedManifest(`Rows ${from} to ${to} do not follow those before, which end at ${row}`, where);
    }
    row = to;
    const tensors = unclaimed[part.shard];
    if (tensors === undefined) throw damagedManifest(`There is no shard ${part.shard}`, where);
    checkPart(parameter, part, tensors, where);
  }
  if (row !== shape[0]) throw damagedManifest(`Its parts have ${row} rows of ${shape[0]}`, where);
}

function checkPart(
  { precision, shape }: ManifestParameter,
  part: Part,
  tensors: Map<string, ShardTensor>,
  where: string,
): void {
  const wanted = tensorsOfRows(precision, [part.rows[1] - part.rows[0], ...shape.slice(1)]);
  for (const role of ['data', 'scales'] as const) {
    const want = wanted[role];
    const name = part[role];
    if (want === undefined && name === undefined) continue;
    if (want === undefined || name === undefined) {
      throw damagedManifest(`${precision} ${want === undefined ? 'has no' : 'needs'} ${role}`, where);
    }
    const found = tensors.get(name);
    if (found === undefined) {
      throw damagedManifest(`Shard ${part.shard} has no tensor ${quote(name)}, or another part has it`, where);
    }
    tensors.delete(name);
    const fits = want.shape === undefined ? found.shape.length === 1 : sameShape(found.shape, want.shape);
    if (found.dtype !== want.dtype || !fits) {
      throw damagedManifest(
        `Its ${role} are ${found.dtype} ${showShape(found.shape)}, not ${want.dtype} ${want.shape === undefined ? 'in one row' : showShape(want.shape)}`,
        where,
      );
    }
    if (want.shape === undefined) checkExpansion(part, shape, found, where);
  }
}

function checkExpansion({ rows }: Part, shape: Shape, { begin, end }: ShardTensor, where: string): void {
  const elements = (rows[1] - rows[0]) * sizeOf(shape.slice(1));
  if (elements <= (end - begin) * ELEMENTS_PER_BYTE) return;
  throw damagedManifest(`${end - begin} bytes do not hold ${elements} elements`, where);
}

interface WantedTensor {
  readonly dtype: Dtype;
  /** Undefined: a row of as many bytes as it happens to have. */
  readonly shape: Shape | undefined;
}

/** The tensors that hold rows of a parameter; `shape` is that of the rows. */
export function tensorsOfRows(
  precision: NativePrecision,
  shape: Shape,
): { readonly data: WantedTensor; readonly scales?: WantedTensor } {
  const [rows = 1, features = 1] = shape;
  const blocks = Math.ceil(features / Q4_BLOCK);
  switch (precision) {
    case 'f32':
      return { data: { dtype: 'F32', shape } };
    case 'f16':
      return { data: { dtype: 'F16', shape } };
    case 'q8':
      return { data: { dtype: 'I8', shape }, scales: { dtype: 'F32', shape: [rows] } };
    case 'q4':
      return {
        data: { dtype: 'U8', shape: [rows, blocks, Q4_BLOCK / 2] },
        scales: { dtype: 'F16', shape: [rows, blocks] },
      };
    case 'dc':
      return { data: { dtype: 'U8', shape: undefined } };
  }
}
