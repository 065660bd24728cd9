import { memorySource } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { openTfjs } from '../tfjs/open-tfjs.ts';

/*
 * Models of TensorFlow.js for tests.
 */

/** Opens a model.json, given as its text or what it says, with files beside it. */
export function openModel(model: unknown, shards: Readonly<Record<string, Uint8Array>> = {}): Promise<CheckpointFile> {
  const json = typeof model === 'string' ? model : JSON.stringify(model);
  return openTfjs(memorySource(new TextEncoder().encode(json), 'model.json'), {
    sibling: async (path) => (Object.hasOwn(shards, path) ? memorySource(shards[path]!, path) : undefined),
  });
}

/** The manifest of one group of weights. */
export function manifest(weights: readonly object[], paths: readonly string[] = ['w.bin']) {
  return { weightsManifest: [{ paths, weights }] };
}

/** A layer in a model's description. */
export function layer(className: string, name: string, config: object = {}) {
  return { class_name: className, config: { name, ...config } };
}

/** A node of a graph. */
export function node(name: string, op: string, input: readonly string[] = [], attr: object = {}) {
  return { name, op, input, attr };
}
