import { throwIfAborted } from '@alexnet/core';
import type { DownloadOptions } from './download.ts';

/** How an attempt ended. `cut` may be tried again, `refused` not. */
export type Attempted =
  | { readonly kind: 'done' }
  | { readonly kind: 'cut'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Receiver {
  /** The server does not go on where the last attempt ended: what is there is worthless. */
  startAgain(): Promise<void>;
  take(chunk: Uint8Array, total: number | undefined): Promise<void>;
}

/** Asks for a file from a byte on, once. Rejects with `aborted`, and with what the receiver throws. */
export async function attempt(
  url: string,
  from: number,
  { bytes, stallMs = 30_000, signal }: DownloadOptions,
  { startAgain, take }: Receiver,
): Promise<Attempted> {
  if (from > 0 && from === bytes) return { kind: 'done' };
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), stallMs);
  const either = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  const cutOff = (error: unknown): Attempted => {
    throwIfAborted(signal, url);
    const stalled = stop.signal.aborted ? `nothing came for ${stallMs / 1000} s` : undefined;
    return { kind: 'cut', reason: stalled ?? reasonOf(error) };
  };
  try {
    // what is compressed on the way cannot be resumed
    const headers = { 'accept-encoding': 'identity', ...(from === 0 ? {} : { range: `bytes=${from}-` }) };
    const response = await fetch(url, { headers, signal: either }).catch((error: unknown) => error as Error);
    if (response instanceof Error) return cutOff(response);

    const place = placeOf(response, from);
    if ('kind' in place) {
      await response.body?.cancel();
      if (place.kind === 'cut' && response.status === 416) await startAgain();
      return place;
    }
    if (place.from === 0 && from > 0) await startAgain();
    const total = bytes ?? place.total;
    let end = place.from;
    const reader = response.body!.getReader();
    for (;;) {
      const part = await reader.read().catch((error: unknown) => error as Error);
      if (part instanceof Error) return cutOff(part);
      if (part.done) break;
      clearTimeout(timer);
      end += part.value.length;
      if (total !== undefined && end > total) {
        await reader.cancel().catch(() => undefined);
        await startAgain();
        return { kind: 'refused', reason: `the server sends more than the ${total} bytes that there should be` };
      }
      await take(part.value, total);
      timer = setTimeout(() => stop.abort(), stallMs);
    }
    if (total === undefined || end === total) return { kind: 'done' };
    return { kind: 'cut', reason: `the connection ended after ${end} of ${total} bytes` };
  } finally {
    clearTimeout(timer);
  }
}

/** Where the body begins, or why there is none. */
function placeOf(response: Response, asked: number): Attempted | { from: number; total: number | undefined } {
  const { status, headers } = response;
  if (status === 200) {
    if ((headers.get('content-type') ?? '').startsWith('text/html'))
      return { kind: 'refused', reason: 'the server sends a web page instead of the file' };
    const length = headers.get('content-length');
    return { from: 0, total: length === null || headers.has('content-encoding') ? undefined : Number(length) };
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (status === 206 && range?.[1] === String(asked)) {
    return { from: asked, total: range[2] === '*' ? undefined : Number(range[2]) };
  }
  if (status === 206) return { kind: 'refused', reason: 'the server answers with another part than was asked for' };
  if (status === 416) return { kind: 'cut', reason: 'what was there is no beginning of this file' };
  const reason = `the server answers ${status} ${response.statusText}`.trim();
  if (status !== 429 && status < 500) return { kind: 'refused', reason };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return { kind: 'cut', reason, ...(seconds >= 0 ? { retryAfterMs: 1000 * seconds } : {}) };
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message || String(error);
}
