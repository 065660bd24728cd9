import { throwIfAborted } from '../../../error.ts';
import { addressOf } from './address.ts';
import { anotherFile, readAnswer, refused } from './answer.ts';
import type { Network } from './network-options.ts';
import type { Sink } from './sink.ts';
import { watchdog } from './watchdog.ts';

/** How an attempt ended. The sink has what came. */
export type Attempt =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly reason: string; readonly retryAfterMs?: number | undefined };

/** What one attempt leaves for the next. */
export interface Progress {
  readonly sink: Sink;
  /** Of the answer that brought what is in the sink. */
  etag: string | null;
  /** Where the file was in the end, for messages. */
  where: string;
}

export interface AttemptOptions {
  readonly network: Network;
  readonly signal?: AbortSignal | undefined;
  /** Past the HTTP cache. */
  readonly fresh?: boolean | undefined;
  /** Called when bytes have come. */
  readonly onBytes?: (() => void) | undefined;
}

/** After the last byte that should come, a body that does not end is not waited for any longer. */
const END_MS = 250;

/**
 * Asks for a file once, from where the sink ends. Errors: `aborted`; `network` and `invalid-file` when another attempt is of no use.
 */
export async function attempt(url: URL, progress: Progress, options: AttemptOptions): Promise<Attempt> {
  const { network, signal, fresh = false, onBytes } = options;
  const { sink } = progress;
  throwIfAborted(signal, progress.where);
  const dog = watchdog(network.stallMs, signal);
  const cut = (error: unknown): Attempt => {
    throwIfAborted(signal, progress.where);
    const reason = dog.bitten ? `nothing came for ${network.stallMs / 1000} s` : reasonOf(error);
    if (!/redirect count/.test(reason)) return { kind: 'again', reason };
    throw refused('The server redirects in circles', progress.where, 'Check the address.');
  };
  try {
    const from = sink.length;
    const request: RequestInit = {
      headers: { ...network.headers, ...rangeHeaders(url, from, progress.etag) },
      signal: dog.signal,
      ...(fresh ? { cache: 'reload' } : {}),
    };
    const response = await network.fetch(url, request).catch((error: unknown) => asError(error));
    if (response instanceof Error) return cut(response);
    if (response.url !== '') progress.where = addressOf(new URL(response.url));
    const reader = response.body?.getReader();
    try {
      const answer = readAnswer(response, {
        from,
        expected: sink.expected,
        etag: progress.etag,
        where: progress.where,
      });
      if (answer.kind === 'again') {
        if (answer.restart === true) restart(progress);
        return answer;
      }
      if (answer.from === 0) {
        restart(progress);
        progress.etag = response.headers.get('etag');
      }
      for (;;) {
        const complete = sink.length === sink.expected;
        dog.feed(complete ? END_MS : undefined);
        const part = (await reader?.read().catch((error: unknown) => asError(error))) ?? { done: true as const };
        if (part instanceof Error) return complete ? { kind: 'done' } : keepPart(progress, response, cut(part));
        if (part.done || complete) return endOf(progress, response);
        sink.take(part.value);
        onBytes?.();
      }
    } finally {
      reader?.cancel().catch(() => undefined); // nothing when the body has ended; else it closes the connection
    }
  } finally {
    dog.stop();
  }
}

function restart(progress: Progress): void {
  progress.sink.restart();
  progress.etag = null;
}

/** Asks for the rest; in Node also for what is not compressed on the way, as browsers do by themselves for a range. */
function rangeHeaders(url: URL, from: number, etag: string | null): Record<string, string> {
  const identity = { 'accept-encoding': 'identity' };
  if (from === 0) return identity;
  // If-Range takes no weak tags; of other sites it would need their leave (CORS), and the hash of the file guards as well
  const tagged = etag?.startsWith('"') === true && !isOtherSite(url);
  return { ...identity, range: `bytes=${from}-`, ...(tagged ? { 'if-range': etag } : {}) };
}

function isOtherSite(url: URL): boolean {
  const { location } = globalThis as { readonly location?: { readonly origin?: string } };
  return location?.origin !== undefined && location.origin !== url.origin;
}

/** What was compressed on the way cannot be continued: a range of it would be another. Neither can a file whose end nobody knows. */
function keepPart(progress: Progress, response: Response, ended: Attempt): Attempt {
  if (response.headers.has('content-encoding') || progress.sink.expected === undefined) restart(progress);
  return ended;
}

/** A body that ended as the server meant it. */
function endOf(progress: Progress, response: Response): Attempt {
  const { length, expected } = progress.sink;
  if (expected === undefined || length === expected) return { kind: 'done' };
  const { status, headers } = response;
  if (status !== 206 && !headers.has('content-encoding') && headers.get('content-length') === String(length)) {
    // not cut: this is all that there is
    throw anotherFile(`The server has a file of ${length} bytes, and there should be ${expected}`, progress.where);
  }
  return keepPart(progress, response, {
    kind: 'again',
    reason: `the answer ended after ${length} of ${expected} bytes`,
  });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** What lies below: of Node's fetch the cause says more. */
function reasonOf(error: unknown): string {
  const { onLine } = (globalThis.navigator ?? {}) as { readonly onLine?: boolean };
  if (onLine === false) return 'this machine is offline';
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return (cause?.message || cause?.code || message || String(error)).replace(/\.$/, '');
}
