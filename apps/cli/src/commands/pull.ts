import { stat } from 'node:fs/promises';
import { exitCode } from '../exit-code.ts';
import { fetchPublished } from '../pull/fetch-published.ts';
import { publishedFile, registry } from '../pull/registry.ts';
import { createProgress } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import type { Context, ExitCode } from './command.ts';

export interface PullOptions {
  readonly out?: string;
  readonly mirror?: string;
}

/** `alexnet pull [NAME]`: downloads a published weight file and checks its hash; without a name, says what there is. */
export async function pull(name: string | undefined, options: PullOptions, context: Context): Promise<ExitCode> {
  if (name === undefined) return list(context);
  const entry = publishedFile(name);
  const path = options.out ?? entry.file;
  const { output, signal } = context;
  const progress = createProgress(output.progressStream);
  try {
    await fetchPublished(entry, path, {
      mirror: options.mirror,
      signal,
      onNote: output.note,
      onProgress: (loaded, total) => progress.update(`${(loaded / 1e6).toFixed(0)} MB`, loaded, total),
    });
  } finally {
    progress.clear();
  }
  const { size } = await stat(path);
  output.json({ name, file: path, bytes: size, ...entry.hash, variant: entry.variant, licence: entry.licence });
  output.people(`${path}: ${entry.title}, ${(size / 1e6).toFixed(1)} MB, its ${entry.hash.algorithm} as published`);
  return exitCode.passed;
}

function list({ output }: Context): ExitCode {
  output.json({ files: registry });
  output.people(
    table(
      registry.map(({ name, title, bytes, variant, licence, file }) => ({
        name,
        weights: title,
        file,
        MB: bytes === undefined ? '' : (bytes / 1e6).toFixed(1),
        variant,
        licence,
      })),
      { right: ['MB'] },
    ),
  );
  return exitCode.passed;
}
