import { AlexNetError, throwIfAborted } from '../error.ts';

/** Bytes that can be read piece by piece, wherever they are: in memory, in a file, in a `Blob`, behind an address. */
export interface ByteSource {
  /** For messages: a path, an address, a file's name. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset` on; may be a view, which nobody writes to.
   * Errors: `invalid-file` beyond the end and for what cannot be read, `aborted`.
   */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array>;
  /** As many bytes as `target` has, into it. Only of sources that would take memory to `read`. Errors: those of `read`. */
  readInto?(offset: number, target: Uint8Array, options?: ReadOptions): Promise<void>;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Checks a range before it is read, and that nobody has cancelled. Errors: `invalid-file`, `aborted`. */
export function checkRange(
  { name, size }: Pick<ByteSource, 'name' | 'size'>,
  offset: number,
  length: number,
  { signal }: ReadOptions = {},
): void {
  throwIfAborted(signal, name);
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0) {
    if (offset + length <= size) return;
  }
  throw new AlexNetError({
    code: 'invalid-file',
    message: `The bytes ${offset} to ${offset + length} are asked for, but there are ${size}`,
    where: name,
    fix: 'The file is damaged or cut off: get it again from its source.',
  });
}
