import { nodeBuiltin } from '../bytes/node-builtin.ts';
import { AlexNetError } from '../error.ts';

/**
 * The SHA-256 of bytes in 64 hexadecimal digits, by the engine's Web Crypto, which copies what it hashes; in Node piece by piece instead,
 * without a copy. Errors: `unsupported` where there is neither, as in pages that are neither `https:` nor local.
 */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const node = nodeBuiltin('node:crypto');
  if (node !== undefined) return hashInPieces(node.createHash('sha256'), bytes);
  const { crypto } = globalThis as { readonly crypto?: Partial<Crypto> };
  if (crypto?.subtle === undefined) {
    throw new AlexNetError({
      code: 'unsupported',
      message: 'This engine has no Web Crypto here, so files cannot be checked',
      fix: 'Serve the page over https.',
    });
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A millisecond or two of work. */
const PIECE_BYTES = 2 ** 20;

async function hashInPieces(hash: import('node:crypto').Hash, bytes: Uint8Array): Promise<string> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    hash.update(bytes.subarray(at, at + PIECE_BYTES));
    if (at + PIECE_BYTES < bytes.length) await new Promise((resolve) => setImmediate(resolve)); // others' turn
  }
  return hash.digest('hex');
}
