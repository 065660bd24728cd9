import { parseSurvey, type Survey } from '@alexnet/benchmark';
import { AlexNetError } from '@alexnet/core';

/** Larger than the results of all backends in every precision together; looked at before the file is read. */
const MOST_BYTES = 200_000_000;

/** A result that was saved. Errors: `invalid-file`, with what is wrong and what to do. */
export async function readSurvey(file: File): Promise<Survey> {
  if (file.size > MOST_BYTES) {
    throw new AlexNetError({
      code: 'invalid-file',
      message: `The file has ${(file.size / 1e6).toFixed(0)} MB, and no result is as large`,
      where: file.name,
      fix: 'Give a file that this page saved.',
    });
  }
  return parseSurvey(await file.text());
}
