/** The regular files of a tar archive (POSIX ustar). Errors: `RangeError` for an archive that is cut or gives no sizes. */
export function* readTar(archive: Uint8Array): Generator<{ readonly name: string; readonly data: Uint8Array }> {
  const text = (at: number, length: number) =>
    new TextDecoder('latin1').decode(archive.subarray(at, at + length)).split('\0')[0]!;
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8);
    if (!(size >= 0 && at + BLOCK + size <= archive.length))
      throw new RangeError('The tar archive is cut, or no tar archive');
    const name = text(at, 100);
    const regular = archive[at + 156] === 0 || text(at + 156, 1) === '0';
    if (regular && name !== '') yield { name, data: archive.subarray(at + BLOCK, at + BLOCK + size) };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

const BLOCK = 512;
