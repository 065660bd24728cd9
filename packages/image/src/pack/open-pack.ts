import { open } from 'node:fs/promises';
import { invalid, reasonOf } from '../sets/check-set.ts';
import { damaged, HEADER_BYTES, parseHeader } from './header.ts';
import { parseIndex } from './pack-index.ts';
import type { PackedSet } from './packed-set.ts';

/**
 * The set in a pack that `packImages` made; the image files need not be there any more. Pixels stay in the file.
 * Errors: `invalid-file` for a file that cannot be read, is no pack, cut off or damaged.
 */
export async function openPack(file: string): Promise<PackedSet> {
  const handle = await open(file).catch((cause: unknown) => {
    throw invalid(`The pack ${file} cannot be opened: ${reasonOf(cause)}`, 'pack', undefined, cause);
  });
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw invalid(`The pack ${file} cannot be opened: it is no file`, 'pack');
    const head = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEADER_BYTES, 0);
    const header = parseHeader(head.subarray(0, bytesRead), facts.size, file);
    const index = Buffer.alloc(header.indexBytes);
    for (let done = 0; done < index.length; ) {
      const part = await handle.read(index, done, index.length - done, header.indexAt + done);
      if (part.bytesRead === 0) throw damaged(file, 'it became shorter while it was read');
      done += part.bytesRead;
    }
    return parseIndex(index, header, file);
  } finally {
    await handle.close();
  }
}
