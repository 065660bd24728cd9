import { memorySource } from '@alexnet/core';
import { openZip } from '../zip/open-zip.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { zipBytes } from './zip-bytes.ts';

const data = Uint8Array.from({ length: 300 }, (_, i) => (i * i) % 7);

/** ZIP archives: every entry is read whole. */
export const fuzzZip: FuzzTarget = {
  name: 'zip',
  corpus: async () => [
    zipBytes([
      { name: 'a/stored', data, padding: 5 },
      { name: 'a/packed', data, deflate: true },
      { name: 'a/', data: new Uint8Array(0) },
    ]),
    zipBytes(
      [
        { name: 'long', data, zip64: true, deflate: true },
        { name: 'more', data, zip64: true },
      ],
      { zip64: true },
    ),
    zipBytes([{ name: 'empty', data: new Uint8Array(0), deflate: true }], { comment: 'a comment' }),
  ],
  async read(bytes) {
    const { entries, open } = await openZip(memorySource(bytes));
    for (const name of entries.keys()) {
      const entry = await open(name);
      await entry.read(0, entry.size);
    }
  },
};
