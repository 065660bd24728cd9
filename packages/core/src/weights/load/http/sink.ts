import { AlexNetError } from '../../../error.ts';
import { concatBytes } from '../../safetensors/write.ts';

/** Where the bytes of a body go, in order from the first. */
export interface Sink {
  /** How many there are. */
  readonly length: number;
  /** How many there will be, where that is known; no more are taken. */
  readonly expected: number | undefined;
  take(chunk: Uint8Array): void;
  /** Forgets all: the next chunk is the first. */
  restart(): void;
  bytes(): Uint8Array;
}

/** Into memory that is taken when the first bytes come, and no more than `expected`. */
export function fixedSink(expected: number, memory: () => Uint8Array): Sink {
  let bytes: Uint8Array | undefined;
  let length = 0;
  return {
    get length() {
      return length;
    },
    expected,
    take(chunk) {
      bytes ??= memory();
      const part = chunk.subarray(0, expected - length);
      bytes.set(part, length);
      length += part.length;
    },
    restart() {
      length = 0;
    },
    bytes: () => (bytes ?? memory()).subarray(0, expected),
  };
}

/** As many as come, up to a limit. Errors of `take`: `invalid-file`. */
export function growingSink(limit: number, where: string): Sink {
  let chunks: Uint8Array[] = [];
  let length = 0;
  return {
    get length() {
      return length;
    },
    expected: undefined,
    take(chunk) {
      length += chunk.length;
      if (length > limit) {
        throw new AlexNetError({
          code: 'invalid-file',
          message: `The server sends more than ${limit} bytes`,
          where,
          fix: 'Check the address: it must be that of a manifest.json.',
        });
      }
      chunks.push(chunk);
    },
    restart() {
      chunks = [];
      length = 0;
    },
    bytes: () => concatBytes(chunks),
  };
}
