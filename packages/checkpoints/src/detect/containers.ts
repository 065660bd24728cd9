import type { ByteSource, ReadOptions } from '@alexnet/core';
import type { CheckpointFormat } from '../checkpoint-file.ts';
import { parseJsonObject, stringAt } from '../json/parse-json.ts';
import { openZip } from '../zip/open-zip.ts';
import { HEAD_BYTES, latin1, refusal } from './refused.ts';

/** Formats that a ZIP archive can be, by what is in it. Errors: `invalid-file`. */
export async function formatOfZip(source: ByteSource, options: ReadOptions): Promise<CheckpointFormat> {
  const { entries } = await openZip(source, options);
  const names = [...entries.keys()];
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return 'pytorch';
  if (entries.has('model.weights.h5')) return 'keras';
  if (names.length > 0 && names.every((name) => name.endsWith('.npy'))) {
    throw refusal('This is an .npz archive', source.name, 'Save the arrays as one dict with numpy.save.');
  }
  const shown = names.slice(0, 8).map((name) => name.slice(0, 60));
  throw refusal(
    `This is a ZIP archive with no weights that are known: ${shown.join(', ') || 'nothing is in it'}`,
    source.name,
    'Unpack it and give a file that was in it.',
  );
}

const MAX_JSON = 2 ** 26;
/** What is looked at to tell JSON from any other file that begins with a brace. */
const JSON_START = /^(\xef\xbb\xbf)?\s*\{\s*["}]/;

export function looksLikeJson(head: Uint8Array): boolean {
  return JSON_START.test(latin1(head));
}

/** Formats that a JSON file can be. Errors: `invalid-file`. */
export async function formatOfJson(source: ByteSource, options: ReadOptions): Promise<CheckpointFormat> {
  if (source.size > MAX_JSON) {
    throw refusal(
      `This is JSON of ${source.size} bytes, too large for a model's description`,
      source.name,
      'Give the weights.',
    );
  }
  const json = parseJsonObject(await source.read(0, source.size, options), source.name);
  if (json.has('modelTopology') || json.has('weightsManifest')) return 'tfjs';
  if (stringAt(json, 'format') === 'alexnet-weights') {
    throw refusal(
      'This is the manifest of weights in our own format, which is no checkpoint',
      source.name,
      'Open it with openWeights of @alexnet/core.',
    );
  }
  const isDescription = json.has('class_name') || json.has('config');
  throw refusal(
    isDescription ? 'This describes a Keras model and holds no weights' : 'This is JSON, and no model of TensorFlow.js',
    source.name,
    'Give the file with the weights: model.json of TensorFlow.js, .h5, .keras or .weights.h5 of Keras.',
  );
}

const HDF5 = '\x89HDF\r\n\x1a\n';
/** The superblock may follow a block for users, of a size that is 512 times a power of 2. */
const LAST_SUPERBLOCK = 2 ** 26;

/** Whether there is an HDF5 superblock at 0, 512, 1024, 2048... */
export async function isHdf5(source: ByteSource, options: ReadOptions): Promise<boolean> {
  for (let at = 0; at + HDF5.length <= source.size && at <= LAST_SUPERBLOCK; at = at === 0 ? HEAD_BYTES : 2 * at) {
    if (latin1(await source.read(at, HDF5.length, options)) === HDF5) return true;
  }
  return false;
}
