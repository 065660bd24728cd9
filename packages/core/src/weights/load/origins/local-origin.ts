import type { ByteSource } from '../../../bytes/byte-source.ts';
import { AlexNetError } from '../../../error.ts';
import { MAX_MANIFEST_BYTES } from '../../native/limits.ts';
import { MANIFEST_FILE } from '../../native/manifest.ts';
import type { Origin } from './origin.ts';

/** Files that are here, however they are opened: a folder on disk, files dropped on a page, bytes in memory. */
export function localOrigin(
  name: string,
  open: (file: string) => Promise<ByteSource & Partial<AsyncDisposable>>,
  manifestFile = MANIFEST_FILE,
): Origin {
  const read = async (
    file: string,
    check: (size: number) => string | undefined,
    signal: AbortSignal | undefined,
    memory?: () => Uint8Array,
  ): Promise<Uint8Array> => {
    const source = await open(file);
    try {
      const wrong = check(source.size);
      if (wrong === undefined && memory !== undefined && source.readInto !== undefined) {
        const target = memory().subarray(0, source.size);
        await source.readInto(0, target, { signal });
        return target;
      }
      if (wrong === undefined) return await source.read(0, source.size, { signal });
      throw new AlexNetError({
        code: 'invalid-file',
        message: `The file has ${source.size} bytes, ${wrong}`,
        where: source.name,
        fix: 'The files do not belong together, or one is cut off: get them again from their source.',
      });
    } finally {
      await source[Symbol.asyncDispose]?.();
    }
  };
  const isManifest = (size: number) => (size > MAX_MANIFEST_BYTES ? 'more than a manifest can have' : undefined);
  return {
    name,
    remote: false,
    nameOf: ({ file }) => `${name}, ${file}`,
    manifest: (signal) => read(manifestFile, isManifest, signal),
    async shard({ file, bytes }, { memory, onBytes, signal }) {
      const isWhole = (size: number) => (size === bytes ? undefined : `and by the manifest ${bytes}`);
      const content = await read(file, isWhole, signal, memory);
      onBytes(bytes);
      return content;
    },
  };
}
