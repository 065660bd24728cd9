import { readCheckpoint } from '@alexnet/checkpoints';
import { AlexNetError, MANIFEST_FILE } from '@alexnet/core';
import { blobSource, loadWeights } from '@alexnet/core/files';
import { FailureError, failureOf } from '../link/failure.ts';
import type { Network } from '../network.ts';
import { type Choice, choicesOf } from './choices.ts';
import { folderOf, type GivenFile } from './given-file.ts';
import { mainFile } from './main-file.ts';
import { nativeNetwork } from './native-network.ts';
import type { Progress } from './progress.ts';
import { readNetwork } from './read-network.ts';
import { siblingsOf } from './siblings.ts';

/** What was read; or, where the files fit several networks, these. */
export type Read =
  | { readonly kind: 'network'; readonly network: Network }
  | { readonly kind: 'unclear'; readonly message: string; readonly choices: readonly Choice[] };

export interface ReadFilesOptions {
  /** The id of the network; default: what the files say. */
  readonly variant?: string | undefined;
  onProgress?(progress: Progress): void;
}

/**
 * Reads weights that a person has given: a native folder, or a file of any format that is known, with what it names. Errors: those of reading.
 */
export async function readFiles(files: readonly GivenFile[], options: ReadFilesOptions = {}): Promise<Read> {
  const manifest = files.find(({ path }) => path === MANIFEST_FILE || path.endsWith(`/${MANIFEST_FILE}`));
  return manifest === undefined ? readOther(files, options) : readNative(manifest, files, options);
}

async function readNative(manifest: GivenFile, files: readonly GivenFile[], options: ReadFilesOptions): Promise<Read> {
  const folder = folderOf(manifest.path);
  const beside = files.filter(({ path }) => folderOf(path) === folder).map(({ file }) => file);
  const loaded = await loadWeights(beside, {
    onProgress: ({ loaded: done, total }) => options.onProgress?.({ done, total }),
  });
  const name = folder.slice(0, -1).split('/').at(-1) || 'Weight folder';
  return { kind: 'network', network: nativeNetwork(loaded, { name, variant: options.variant }) };
}

async function readOther(files: readonly GivenFile[], { variant: id, onProgress }: ReadFilesOptions): Promise<Read> {
  const main = await mainFile(files);
  const source = blobSource(main.file, main.path);
  const sibling = siblingsOf(main, files);
  try {
    const checkpoint = await readCheckpoint(source, {
      sibling,
      ...(id === undefined ? {} : { variant: id }),
      onProgress: ({ done, total }) => onProgress?.({ done, total }),
    });
    const { variant, format, convention, evidence, differences, unused, weights, labels } = checkpoint;
    const network = readNetwork({
      name: main.file.name,
      variant,
      weights,
      labels,
      facts: [
        ['Format', `${format} with ${convention} names, ${megabytes(main.file.size)}`],
        ...(evidence.length === 0 ? [] : [['Told by', evidence.join('; ')] as const]),
        ...(unused.length === 0 ? [] : [['Not used', listed(unused)] as const]),
      ],
      warnings: differences,
    });
    return { kind: 'network', network };
  } catch (error) {
    if (id !== undefined || !(error instanceof AlexNetError)) throw error;
    if (error.code === 'invalid-weights') throw noNetwork(error);
    const choices = error.code === 'invalid-input' ? await choicesOf(source, sibling).catch(() => []) : [];
    if (choices.length === 0) throw error;
    const several = `The tensors fit ${choices.length} networks, which compute different things with them. Which is it?`;
    return { kind: 'unclear', message: choices.length > 1 ? several : failureOf(error).message, choices };
  }
}

/** What to do is not what the command's error says: nobody can name a network here. */
function noNetwork(error: AlexNetError): FailureError {
  return new FailureError({ ...failureOf(error), fix: 'Choose the weights of an AlexNet that is known here.' });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The first few names, each shortened: the file may hold anything. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => name.slice(0, 60));
  return shown.join(', ') + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '');
}

const SHOWN = 6;
