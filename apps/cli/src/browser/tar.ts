const BLOCK = 512;

/** The plain files of a tar archive (POSIX.1-1988, "ustar"): a header of 512 bytes, then the file, filled up to whole blocks. */
export function* readTar(tar: Uint8Array): Generator<{ readonly name: string; readonly bytes: Uint8Array }> {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(tar, at + 124, 12), 8) || 0;
    const type = String.fromCharCode(tar[at + 156]!);
    const bytes = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (type === '0' || type === '\0') yield { name: text(tar, at, 100), bytes };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** A field: text up to its first zero. */
function text(tar: Uint8Array, at: number, length: number): string {
  return new TextDecoder('latin1').decode(tar.subarray(at, at + length)).split('\0')[0]!;
}
