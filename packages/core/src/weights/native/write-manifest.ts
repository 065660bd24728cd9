import { AlexNetError } from '../../error.ts';
import { encodeUtf8 } from '../utf8.ts';
import type { Manifest } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';

/**
 * The bytes of a manifest: JSON, keys in the order of `Manifest`'s fields whatever order the object has them in, one line for each shard,
 * tensor, part and other leaf. The same manifest gives the same bytes. Errors: `invalid-input` for one that `parseManifest` would not take.
 */
export function writeManifest(manifest: Manifest): Uint8Array {
  const draft = encodeUtf8(JSON.stringify(manifest));
  try {
    // the parser builds its objects in the order of its own fields
    return encodeUtf8(`${show(parseManifest(draft), 0)}\n`);
  } catch (error) {
    if (!(error instanceof AlexNetError)) throw error;
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The manifest is not valid: ${error.message}`,
      cause: error,
    });
  }
}

/** Objects and lists that hold others take a line for each; the innermost take one line. */
function show(value: unknown, indent: number): string {
  const items = Object.entries(value as object);
  if (!items.some(([, item]) => isNested(item))) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const space = ' '.repeat(indent + 1);
  const lines = items.map(([key, item]) => {
    const shown = typeof item === 'object' ? show(item, indent + 1) : JSON.stringify(item);
    return `${space}${isList ? '' : `${JSON.stringify(key)}: `}${shown}`;
  });
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.join(',\n')}\n${' '.repeat(indent)}${close}`;
}

/** Whether a value has objects inside, so that it does not fit on a line; lists of numbers do. */
function isNested(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(Array.isArray(value) && value.every((item) => typeof item !== 'object'))
  );
}
