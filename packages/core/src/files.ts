/*
 * What asks its host for files, the network, storage or hashes. Everything else in this package needs the language alone.
 */
export { blobSource } from './bytes/blob-source.ts';
export { type FileSource, fileSource } from './bytes/file-source.ts';
export * from './weights/cache/index.ts';
export * from './weights/load/index.ts';
export { type WeightFile, writeWeights } from './weights/native/write.ts';
export type { WriteWeightsOptions } from './weights/native/write-plan.ts';
export { sha256Hex } from './weights/sha256.ts';
