export { blobSource } from './blob-source.ts';
export { type ByteSource, checkRange, type ReadOptions } from './byte-source.ts';
export { type FileSource, fileSource } from './file-source.ts';
export { memorySource } from './memory-source.ts';
