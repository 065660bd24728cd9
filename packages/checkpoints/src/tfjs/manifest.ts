import { type Dtype, type Json, type JsonObject, type Shape, sizeOf } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { at, isObject, listOf, numberAt, stringAt } from '../json/parse-json.ts';

/*
 * `weightsManifest` of a model.json: groups of weights. The files of a group, one after the other, are one run of bytes, in which the
 * weights follow each other without gaps.
 */

/** A group of weights. */
export interface WeightGroup {
  /** Its files, relative to model.json. */
  readonly paths: readonly string[];
  readonly weights: readonly ManifestWeight[];
  /** Bytes of all its weights. */
  readonly bytes: number;
}

/** A weight, and where it is in its group. */
export interface ManifestWeight {
  readonly name: string;
  /** What it means: of its values, not of how they are stored. */
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly stored: StoredValues;
  /** In the group's run of bytes. */
  readonly offset: number;
  /** Whether it is the optimizer's. */
  readonly isOptimizer: boolean;
}

/** How values are stored. */
export interface StoredValues {
  readonly dtype: 'U8' | 'U16' | 'F16' | 'F32' | 'I32' | 'BOOL';
  /** Bytes. */
  readonly width: number;
  /** Where it is not undefined, the value is `stored * scale + min`. */
  readonly affine?: { readonly scale: number; readonly min: number } | undefined;
}

const types: Readonly<Record<string, StoredValues>> = {
  float32: { dtype: 'F32', width: 4 },
  float16: { dtype: 'F16', width: 2 },
  int32: { dtype: 'I32', width: 4 },
  uint8: { dtype: 'U8', width: 1 },
  bool: { dtype: 'BOOL', width: 1 },
};

const quantised: Readonly<Record<string, StoredValues>> = {
  float16: { dtype: 'F16', width: 2 },
  uint8: { dtype: 'U8', width: 1 },
  uint16: { dtype: 'U16', width: 2 },
};

const MAX_RANK = 8;

/** Reads the manifest. Errors: `invalid-file`. */
export function readManifest(model: JsonObject): readonly WeightGroup[] {
  const manifest = at(model, 'weightsManifest');
  if (!Array.isArray(manifest)) throw damaged('There is no list of weights', 'weightsManifest');
  const seen = new Set<string>();
  return manifest.map((group: Json, index) => {
    const where = `weightsManifest ${index}`;
    const paths = listOf(at(group, 'paths'));
    if (!paths.every((path) => typeof path === 'string')) throw damaged('A path is not a text', where);
    let bytes = 0;
    const weights = listOf(at(group, 'weights')).map((entry) => {
      const weight = readWeight(entry, bytes, where);
      if (seen.has(weight.name)) throw damaged('The weight occurs twice', named(weight.name));
      seen.add(weight.name);
      bytes += sizeOf(weight.shape) * weight.stored.width;
      if (!Number.isSafeInteger(bytes)) throw damaged('The weight has more elements than can be', named(weight.name));
      return weight;
    });
    return { paths, weights, bytes };
  });
}

function readWeight(entry: Json, offset: number, group: string): ManifestWeight {
  const name = stringAt(entry, 'name');
  if (name === undefined) throw damaged('A weight has no name', group);
  const where = named(name);
  const shape = listOf(at(entry, 'shape'));
  if (!shape.every(isExtent) || shape.length > MAX_RANK || !Array.isArray(at(entry, 'shape'))) {
    throw damaged(`The shape is not a list of at most ${MAX_RANK} whole numbers`, where);
  }
  const dtype = stringAt(entry, 'dtype') ?? '';
  const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  if (type === undefined) throw damaged(`The type ${JSON.stringify(dtype.slice(0, 50))} is not read`, where);
  const quantisation = at(entry, 'quantization');
  const stored = quantisation === undefined ? type : readQuantisation(quantisation, type, where);
  // tfjs rounds quantised int32 to whole numbers
  const isOptimizer = stringAt(entry, 'group') === 'optimizer';
  return { name, dtype: type.dtype, shape, stored, offset, isOptimizer };
}

function readQuantisation(value: Json, type: StoredValues, where: string): StoredValues {
  const dtype = stringAt(value, 'dtype') ?? '';
  const stored = isObject(value) && Object.hasOwn(quantised, dtype) ? quantised[dtype] : undefined;
  if (stored === undefined) throw damaged(`The quantization ${JSON.stringify(dtype.slice(0, 50))} is not known`, where);
  const known = type.dtype === 'F32' || (type.dtype === 'I32' && stored.dtype !== 'F16');
  if (!known) throw damaged(`A weight of type ${type.dtype} cannot be quantised to ${stored.dtype}`, where);
  if (stored.dtype === 'F16') return stored;
  const [scale, min] = [numberAt(value, 'scale'), numberAt(value, 'min')];
  if (scale === undefined || min === undefined || !Number.isFinite(scale) || !Number.isFinite(min)) {
    throw damaged('The quantization has no finite scale and min', where);
  }
  return { ...stored, affine: { scale, min } };
}

function named(name: string): string {
  return `weight ${JSON.stringify(name.slice(0, 100))}`;
}

function isExtent(value: Json): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
