export { cacheApiCache } from './cache-api-cache.ts';
export { defaultCacheFolder, type FolderFacts } from './default-folder.ts';
export { fileCache } from './file-cache.ts';
export { memoryCache } from './memory-cache.ts';
export { opfsCache } from './opfs-cache.ts';
export { cacheKey, type WeightCache } from './weight-cache.ts';
