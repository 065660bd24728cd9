/*
 * What a manifest may ask for. Limits lie far above what an AlexNet needs, and keep memory in proportion to the files.
 */

/** A manifest of a million long labels stays below. */
export const MAX_MANIFEST_BYTES = 64_000_000;
/** JSON values in a manifest. */
export const MAX_MANIFEST_VALUES = 4_000_000;
/** What the writer cuts shards to: two on their way at once are 8 MB of memory, and a request each is little beside so many bytes. */
export const SHARD_BYTES = 4_000_000;
/** What a reader takes into memory at once. */
export const MAX_SHARD_BYTES = 2 ** 24;
export const MAX_SHARDS = 4096;
export const MAX_TENSORS = 100_000;
export const MAX_PARAMETERS = 10_000;
/** Elements of one parameter. */
export const MAX_ELEMENTS = 2 ** 31 - 1;
