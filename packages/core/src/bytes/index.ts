export { type ByteSource, checkRange, type ReadOptions } from './byte-source.ts';
export { memorySource } from './memory-source.ts';
