export * from './manifest.ts';
export { parseManifest } from './parse-manifest.ts';
export { factsOf, readPart } from './shard.ts';
export { writeManifest } from './write-manifest.ts';
