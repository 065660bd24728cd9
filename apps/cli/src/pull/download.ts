import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AlexNetError, throwIfAborted } from '@alexnet/core';
import { type Attempted, attempt } from './attempt.ts';

export interface DownloadOptions {
  /** The size that was published: a server that sends another is refused. */
  readonly bytes?: number | undefined;
  /** How often to try again after a cut connection or a busy server. Default 5, without one step forward in between. */
  readonly retries?: number;
  /** After so long without a byte the connection counts as cut. Default 30 s. */
  readonly stallMs?: number;
  /** The first pause before another try; each is twice as long as the last. Default 1 s. */
  readonly pauseMs?: number;
  readonly onProgress?: (loaded: number, total: number | undefined) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a file to `path`, by way of `path.partial`: what was fetched before a connection, or the whole command, was cut is not
 * fetched again where the server allows it. Errors: `invalid-file` with the address and what the server said; `aborted`, which keeps
 * what is there for the next time.
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const { retries = 5, pauseMs = 1000, signal } = options;
  const partial = partialOf(path);
  await mkdir(dirname(path), { recursive: true });
  for (let failures = 0; ; ) {
    throwIfAborted(signal, url);
    const before = await sizeOf(partial);
    const outcome = await save(url, partial, before, options);
    if (outcome.kind === 'done') break;
    if (outcome.kind === 'refused') throw failed(url, outcome.reason);
    failures = (await sizeOf(partial)) > before ? 1 : failures + 1;
    if (failures > retries) throw failed(url, `${outcome.reason}, ${failures} times in a row`);
    await pause(outcome.retryAfterMs ?? pauseMs * 2 ** (failures - 1), signal, url);
  }
  await rename(partial, path);
}

/** Where a download that is not complete lies. */
export const partialOf = (path: string): string => `${path}.partial`;

/** One attempt, appended to what is there. */
async function save(url: string, partial: string, from: number, options: DownloadOptions): Promise<Attempted> {
  const file = await open(partial, 'a');
  try {
    let end = from;
    return await attempt(url, from, options, {
      async startAgain() {
        await file.truncate(0);
        end = 0;
      },
      async take(chunk, total) {
        await file.appendFile(chunk);
        end += chunk.length;
        options.onProgress?.(end, total);
      },
    });
  } catch (cause) {
    if (cause instanceof AlexNetError) throw cause;
    const reason = (cause as { code?: string }).code === 'ENOSPC' ? 'the disk is full' : String(cause);
    throw new AlexNetError({ code: 'invalid-file', message: `Cannot write ${partial}: ${reason}`, cause });
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function pause(ms: number, signal: AbortSignal | undefined, where: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, 60_000));
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  throwIfAborted(signal, where);
}

function failed(url: string, reason: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: `The download failed: ${reason}`,
    where: url,
    fix: 'Run it again: what was fetched is kept and goes on from there.',
  });
}
