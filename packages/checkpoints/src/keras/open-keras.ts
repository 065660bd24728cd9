import type { ByteSource, JsonObject, ReadOptions } from '@alexnet/core';
import type { CheckpointReader } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { parseJsonObject } from '../json/parse-json.ts';
import { openZip, type ZipArchive } from '../zip/open-zip.ts';
import { openKerasHdf5 } from './open-hdf5.ts';

const WEIGHTS = 'model.weights.h5';
/** Bytes; a description of a hundred layers takes some 100,000. */
const MAX_JSON = 2 ** 26;

/**
 * Opens a model or weights of Keras: `.h5`, `.weights.h5`, and `.keras`, which is a ZIP archive of the weights with a description of the
 * model beside them. Tensors are named for their layer, `conv1/kernel`, in all of them; where neither a description nor the weights tell
 * a layer's name it is the one that Keras counts, `conv2d_1`. Errors: `invalid-file`, `aborted`.
 */
export const openKeras: CheckpointReader = async (source, context = {}) => {
  const { signal } = context;
  if (!(await isZip(source, { signal }))) return openKerasHdf5(source, context);
  const archive = await openZip(source, { signal });
  const model = await readJson(archive, 'config.json', { signal });
  const about = await readJson(archive, 'metadata.json', { signal });
  const facts = [...(about ?? [])].flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
  const file = await openKerasHdf5(await archive.open(WEIGHTS, { signal }), context, {
    model,
    metadata: Object.fromEntries(facts),
  });
  const read = new Set([WEIGHTS, 'config.json', 'metadata.json']);
  return { ...file, others: [...file.others, ...[...archive.entries.keys()].filter((name) => !read.has(name))] };
};

async function isZip(source: ByteSource, options: ReadOptions): Promise<boolean> {
  const [p, k] = await source.read(0, Math.min(2, source.size), options);
  return p === 0x50 && k === 0x4b;
}

async function readJson(archive: ZipArchive, name: string, options: ReadOptions): Promise<JsonObject | undefined> {
  const entry = archive.entries.get(name);
  if (entry === undefined) return undefined;
  if (entry.size > MAX_JSON) throw damaged(`It takes ${entry.size} bytes, more than ${MAX_JSON}`, name);
  const bytes = await archive.open(name, options);
  return parseJsonObject(await bytes.read(0, bytes.size, options), name);
}
