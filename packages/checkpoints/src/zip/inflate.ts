import { AlexNetError, type ByteSource, type ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';

/** Compressed bytes that are fed at once: few, because an engine may inflate all of them, a thousandfold, before anyone can stop it. */
const CHUNK = 2 ** 14;

/**
 * Inflates a raw deflate stream (RFC 1951) of a known size.
 * Errors: `invalid-file` when the stream is damaged or gives more or fewer bytes than `size`; no more memory than `size` is taken.
 */
export async function inflate(source: ByteSource, size: number, options?: ReadOptions): Promise<Uint8Array> {
  const where = source.name;
  const inflated = new Uint8Array(size);
  const reader = compressedChunks(source, options).pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  let at = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (part.value.length > size - at) throw damaged(`More than the ${size} declared bytes are packed`, where);
      inflated.set(part.value, at);
      at += part.value.length;
    }
  } catch (cause) {
    await reader.cancel().catch(() => undefined); // it has failed already: that is what is being reported
    throw cause instanceof AlexNetError
      ? cause
      : damaged('The packed bytes cannot be unpacked', where, undefined, cause);
  }
  if (at !== size) throw damaged(`Only ${at} of the ${size} declared bytes are packed`, where);
  return inflated;
}

function compressedChunks(source: ByteSource, options?: ReadOptions): ReadableStream<BufferSource> {
  let at = 0;
  return new ReadableStream<BufferSource>({
    async pull(controller) {
      const length = Math.min(CHUNK, source.size - at);
      if (length === 0) controller.close();
      else controller.enqueue((await source.read(at, length, options)) as Uint8Array<ArrayBuffer>);
      at += length;
    },
  });
}
