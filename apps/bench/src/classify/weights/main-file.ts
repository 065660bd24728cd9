import { detectFormat } from '@alexnet/checkpoints';
import { AlexNetError } from '@alexnet/core';
import { blobSource } from '@alexnet/core/files';
import { type GivenFile, MOST_FILES } from './given-file.ts';

/**
 * The file among several that is the checkpoint; the others are what it names. Told by content.
 * Errors: `invalid-input` when several are, those of `detectFormat` when none is.
 */
export async function mainFile(files: readonly GivenFile[]): Promise<GivenFile> {
  const [first] = files;
  if (first === undefined) throw invalid('There are no files in it', 'Choose a weight file, or a folder that has one.');
  if (files.length > MOST_FILES) {
    throw invalid(
      `There are more than ${MOST_FILES} files`,
      'Choose the folder that has the weights, and little else.',
    );
  }
  if (files.length === 1) return first;
  const found: GivenFile[] = [];
  let refusal: unknown;
  for (const given of files) {
    try {
      await detectFormat(blobSource(given.file));
      found.push(given);
    } catch (error) {
      refusal ??= error;
    }
  }
  const [only, ...others] = found;
  if (only === undefined) throw refusal;
  if (others.length === 0) return only;
  const names = found.slice(0, SHOWN).map(({ path }) => path.slice(0, 80));
  throw invalid(
    `There are ${found.length} weight files: ${names.join(', ')}${found.length > SHOWN ? ', ...' : ''}`,
    'Choose one of them, with the files that it needs.',
  );
}

const SHOWN = 4;

function invalid(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, fix });
}
