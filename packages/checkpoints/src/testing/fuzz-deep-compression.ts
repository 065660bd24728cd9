import { memorySource } from '@alexnet/core';
import { looksLikeDeepCompression } from '../deep-compression/detect.ts';
import { openDeepCompression } from '../deep-compression/open-deep-compression.ts';
import { netBytes } from './deep-compression-bytes.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { readAll } from './read-all.ts';
import { conv, graph, linear, tiny } from './small-net.ts';

/** Files of a small network: without it, the reader would take BVLC AlexNet's 240 MB, as it must. */
export const fuzzDeepCompression: FuzzTarget = {
  name: 'deep-compression',
  corpus: async () => [tiny, netBytes([{ ...conv, entries: [] }, linear])],
  async read(file) {
    const source = memorySource(file);
    await looksLikeDeepCompression(source);
    await looksLikeDeepCompression(source, { graph });
    return readAll(await openDeepCompression(source, { graph }));
  },
};
