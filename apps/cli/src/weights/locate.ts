import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AlexNetError } from '@alexnet/core';
import { cifar10Weights } from '@alexnet/weights-cifar10';

/** What somebody means who writes `--weights X`. */
export type WeightsLocation =
  | { readonly kind: 'seed'; readonly seed: number }
  /** Native weights: the address or path of a `manifest.json`, or of the folder that holds it. */
  | { readonly kind: 'native'; readonly location: string }
  | { readonly kind: 'file'; readonly path: string };

/** The weights that come along: their name, and the variant that they are of. */
export const SHIPPED = 'cifar10';

/** What is meant where nobody said. Errors: `invalid-input` for a network of which no weights come along. */
export function shippedFor(variant = SHIPPED): string {
  if (variant === SHIPPED) return SHIPPED;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `No weights of ${variant} come along`,
    fix: `Give a file with --weights (\`alexnet pull\` lists published ones), or leave out --variant for ${SHIPPED}.`,
    where: 'option --weights',
  });
}

function pathOf(address: string): string {
  try {
    return fileURLToPath(address);
  } catch (cause) {
    const fix = 'Give a path, or an address like file:///home/me/weights.';
    throw new AlexNetError({
      code: 'invalid-input',
      message: `${address} is no address of a file`,
      where: 'option --weights',
      fix,
      cause,
    });
  }
}

/** `cifar10` comes along; `seed:N` generates weights; an address, a folder or a `manifest.json` is the native format; anything else is a checkpoint file. */
export async function locate(source: string): Promise<WeightsLocation> {
  const seed = /^seed:(\d{1,10})$/.exec(source)?.[1];
  if (seed !== undefined) return { kind: 'seed', seed: Number(seed) };
  if (source === SHIPPED) return { kind: 'native', location: cifar10Weights.get('manifest.json')!.href };
  if (/^https?:/i.test(source)) return { kind: 'native', location: source };
  if (/^file:/i.test(source)) return locate(pathOf(source));
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder || basename(source) === 'manifest.json') return { kind: 'native', location: source };
  return { kind: 'file', path: source };
}
