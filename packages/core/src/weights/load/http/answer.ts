import { AlexNetError } from '../../../error.ts';

/** What the head of an answer means for an attempt. */
export type Answer =
  /** The body follows, from this byte of the file on. */
  | { readonly kind: 'body'; readonly from: number }
  /** Another attempt may do better, from where this one began or from the first byte. */
  | {
      readonly kind: 'again';
      readonly reason: string;
      readonly restart?: boolean;
      readonly retryAfterMs?: number | undefined;
    };

interface Asked {
  /** The first byte that was asked for. */
  readonly from: number;
  /** The size that the file should have. */
  readonly expected: number | undefined;
  /** The entity tag of the answer that brought what is there already. */
  readonly etag: string | null;
  /** For messages. */
  readonly where: string;
}

/**
 * Reads status and headers of an answer (RFC 9110). What a proxy or another site's server leaves out is not held against it: the hash
 * of the file decides in the end. Errors: `network` when asking again is of no use, `invalid-file` when the server has another file.
 */
export function readAnswer({ status, headers, type }: Response, { from, expected, etag, where }: Asked): Answer {
  if (status === 206) {
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
    const hidden = type === 'cors' && range === null; // the header is one that other sites do not see
    const right = hidden || (range?.[1] === String(from) && [undefined, '*', String(expected)].includes(range[3]));
    const tag = headers.get('etag');
    const same = tag === null || etag === null || tag === etag;
    // a part of what is compressed is no part of the file
    if (right && same && !headers.has('content-encoding')) return { kind: 'body', from };
    return { kind: 'again', reason: 'the server sends another part than was asked for', restart: true };
  }
  if (status >= 200 && status < 300) {
    if ((headers.get('content-type') ?? '').startsWith('text/html')) {
      throw refused('The server sends a web page instead of the file', where, 'Check the address.');
    }
    return { kind: 'body', from: 0 };
  }
  if (status === 416 && from > 0) {
    throw anotherFile(`The server has a file of no more than ${from} bytes, and there should be ${expected}`, where);
  }
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const reason = status === 429 ? 'the server wants fewer requests (429)' : `the server fails (${status})`;
    return { kind: 'again', reason, retryAfterMs: retryAfter(headers) };
  }
  if (status === 404 || status === 410) {
    throw refused(`The server has no such file (${status})`, where, 'Check the address.');
  }
  if (status === 401 || status === 403) {
    const fix = 'Check the address; credentials are given through the option `headers`.';
    throw refused(`The server does not allow access (${status})`, where, fix);
  }
  throw refused(`The server answers ${status}`, where, 'Check the address.');
}

export function anotherFile(message: string, where: string): AlexNetError {
  const fix = 'The files on the server do not belong together: publish them again.';
  return new AlexNetError({ code: 'invalid-file', message, where, fix });
}

export function refused(message: string, where: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'network', message, where, fix });
}

/** Seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined) return undefined;
  const wait = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
