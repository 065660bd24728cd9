import { AlexNetError } from '../../error.ts';

/**
 * Keeps files by the hash of their content: `sha256-` and 64 hexadecimal digits. Whoever reads one checks it: a cache may lose
 * content, and give back what is damaged, but two programs that fill the same one at the same time must not disturb each other.
 */
export interface WeightCache {
  /**
   * The content, which the caller only reads; undefined when it is not there. It may be put into `room`, the caller's own memory, where it
   * fits and would take memory otherwise.
   */
  get(key: string, room?: () => Uint8Array): Promise<Uint8Array | undefined>;
  /** Keeps a copy: the caller may use the bytes for something else afterwards. Errors: `out-of-memory` when there is no room. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Nothing happens when it is not there. */
  delete(key: string): Promise<void>;
}

/** The key of content with this SHA-256, in hexadecimal digits. */
export function cacheKey(sha256: string): string {
  return `sha256-${sha256}`;
}

/** A key becomes a file's name or a part of an address, so it must be one. Errors: `invalid-input`. */
export function checkKey(key: string): void {
  if (/^sha256-[0-9a-f]{64}$/.test(key)) return;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `${JSON.stringify(key.slice(0, 100))} is no key of a cache`,
    fix: 'Use sha256- and the 64 lower-case hexadecimal digits of the hash.',
  });
}

/** The error of a cache that is full. */
export function noRoom(cache: string, bytes: number, free: number | undefined, cause?: unknown): AlexNetError {
  const left = free === undefined ? '' : `: ${free} bytes are free`;
  return new AlexNetError({
    code: 'out-of-memory',
    message: `There is no room for ${bytes} bytes in the cache${left}`,
    where: cache,
    fix: 'Free some space, or use another cache.',
    cause,
  });
}

/** The error of a cache that this engine does not have. */
export function noSuchCache(what: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'unsupported', message: `There is no ${what} here`, fix });
}
