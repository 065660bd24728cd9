import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** How a file is put together: ranges `[offset, length]` of another one, and base64. Written by `tools/python/splice_golden.py`. */
interface Recipe {
  readonly base: string;
  readonly sha256: string;
  readonly parts: readonly (string | readonly [offset: number, length: number])[];
}

const read = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

/** A fixture by name, byte for byte as its framework wrote it: the file itself, or put together after `NAME.splice.json`. */
export function goldenFile(name: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(read(name));
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
  const { base, sha256, parts } = JSON.parse(read(`${name}.splice.json`).toString()) as Recipe;
  const from = read(base);
  const file = Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'base64') : from.subarray(part[0], part[0] + part[1]),
    ),
  );
  if (createHash('sha256').update(file).digest('hex') === sha256) return new Uint8Array(file);
  throw new Error(`${name} cannot be put together: ${base} is not the file that the recipe was made for`);
}
