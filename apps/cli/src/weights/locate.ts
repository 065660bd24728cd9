import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

/** What somebody means who writes `--weights X`. */
export type WeightsLocation =
  | { readonly kind: 'seed'; readonly seed: number }
  /** Native weights: the address or path of a `manifest.json`, or of the folder that holds it. */
  | { readonly kind: 'native'; readonly location: string }
  | { readonly kind: 'file'; readonly path: string };

/** `seed:N` generates weights; an address, a folder or a `manifest.json` is the native format; anything else is a checkpoint file. */
export async function locate(source: string): Promise<WeightsLocation> {
  const seed = /^seed:(\d{1,10})$/.exec(source)?.[1];
  if (seed !== undefined) return { kind: 'seed', seed: Number(seed) };
  if (/^(https?|file):/i.test(source)) return { kind: 'native', location: source };
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder || basename(source) === 'manifest.json') return { kind: 'native', location: source };
  return { kind: 'file', path: source };
}
