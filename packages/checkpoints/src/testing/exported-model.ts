import { readFileSync } from 'node:fs';
import { memorySource } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { openTfjs } from '../tfjs/open-tfjs.ts';

/**
 * A model that `toTfjs` of @alexnet/backend-tfjs wrote, of `bvlc-alexnet` at a width of 1/32 with 3 classes and `seededWeights(graph, 5)`, in
 * shards of 100,000 bytes, so that every one ends inside a tensor.
 */
export function exportedModel(): Promise<CheckpointFile> {
  const file = (path: string) =>
    memorySource(new Uint8Array(readFileSync(new URL(`../../fixtures/tfjs-export/${path}`, import.meta.url))), path);
  return openTfjs(file('model.json'), { sibling: async (path) => file(path) });
}
