import { damaged } from '../damaged.ts';

/** The text that UTF-8 bytes are. A byte order mark is left out. Errors: `invalid-file`. */
export function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw damaged('It is not valid UTF-8', where);
  }
}
