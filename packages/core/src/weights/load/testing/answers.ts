import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** What a server may do with one request. The last one to see it is the client. */
export type Answer = (exchange: Exchange) => void;

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The file that was asked for. */
  readonly body: Buffer;
}

const types: readonly (readonly [RegExp, string])[] = [
  [/\/$|\.html$/, 'text/html'],
  [/\.js$/, 'text/javascript'],
  [/\.json$/, 'application/json'],
];

function typeOf({ url = '' }: IncomingMessage): string {
  return types.find(([path]) => path.test(url))?.[1] ?? 'application/octet-stream';
}

const firstByteOf = ({ headers }: IncomingMessage) => Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
const contentRange = (from: number, { length }: Buffer, total: number | string = length) =>
  `bytes ${from}-${length - 1}/${total}`;

/** As RFC 9110 wants it: ranges, entity tags. Headers here and below come on top. */
export function proper(etag = '"1"', extra: Readonly<Record<string, string>> = {}): Answer {
  return ({ request, response, body }) => {
    const tag = request.headers['if-range'];
    const from = tag === undefined || tag === etag ? firstByteOf(request) : 0;
    const common = { etag, 'content-type': typeOf(request), 'accept-ranges': 'bytes', ...extra };
    if (from >= body.length && from > 0) {
      response.writeHead(416, { ...common, 'content-range': `bytes */${body.length}` }).end();
    } else if (from > 0) {
      const rest = body.subarray(from);
      response.writeHead(206, { ...common, 'content-range': contentRange(from, body), 'content-length': rest.length });
      response.end(rest);
    } else {
      response.writeHead(200, { ...common, 'content-length': body.length }).end(body);
    }
  };
}

/** All of it, whatever was asked for; no tag. */
export const whole: Answer = ({ response, body }) =>
  response.writeHead(200, { 'content-length': body.length }).end(body);

/** All of it, and nobody is told how much that is. */
export const chunked: Answer = ({ response, body }) => response.writeHead(200).end(body);

/** The connection ends after this byte of the file; the answer to a range is proper until then. */
export function cutAt(end: number, etag = '"1"', code?: 200 | 206): Answer {
  return ({ request, response, body }) => {
    const from = code === 200 ? 0 : firstByteOf(request);
    const head = { ...(etag === '' ? {} : { etag }), 'content-length': body.length - from };
    if (from > 0) response.writeHead(206, { ...head, 'content-range': contentRange(from, body) });
    else response.writeHead(200, head);
    response.write(body.subarray(from, end), () => setTimeout(() => response.destroy(), 30));
  };
}

/** Sends up to this byte, and then nothing, ever. */
export function stallAt(end: number): Answer {
  return ({ response, body }) => {
    response.writeHead(200, { etag: '"1"', 'content-length': body.length });
    if (end > 0) response.write(body.subarray(0, end));
    else response.flushHeaders();
  };
}

/** Takes the request, and says nothing. */
export const silent: Answer = () => undefined;

/** Hangs up without a word. */
export const hangUp: Answer = ({ request }) => request.socket.destroy();

/** Says nothing until `release`, then all. */
export function held(): { readonly answer: Answer; readonly release: () => void } {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { answer: (exchange) => void released.then(() => whole(exchange)), release };
}

/** A little at a time. */
export function drip(bytes: number, everyMs: number): Answer {
  return ({ response, body }) => {
    response.writeHead(200, { 'content-length': body.length });
    let at = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(at, at + bytes));
      at += bytes;
      if (at >= body.length) response.end();
      if (at >= body.length || response.destroyed) clearInterval(timer);
    }, everyMs);
  };
}

/** The right length, one bit wrong. */
export const wrongBit: Answer = ({ response, body }) => {
  const wrong = Buffer.from(body);
  wrong[wrong.length >> 1]! ^= 1;
  response.writeHead(200, { 'content-length': wrong.length }).end(wrong);
};

export function redirect(location: string): Answer {
  return ({ response }) => response.writeHead(302, { location }).end();
}

/** Compressed although nobody asked for it, cut after so many compressed bytes. */
export function gzipped(cut = Number.POSITIVE_INFINITY): Answer {
  return ({ response, body }) => {
    const packed = gzipSync(body);
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
    if (cut >= packed.length) response.end(packed);
    else response.write(packed.subarray(0, cut), () => setTimeout(() => response.destroy(), 30));
  };
}

/** Says another length than it sends. */
export function lengthOff(by: number): Answer {
  return ({ response, body }) => {
    response.strictContentLength = false;
    response.writeHead(200, { 'content-length': body.length + by });
    response.write(body, () => setTimeout(() => response.destroy(), 30));
  };
}

/** The file and this many bytes more. */
export function more(bytes: number): Answer {
  return ({ response, body }) => response.writeHead(200).end(Buffer.concat([body, Buffer.alloc(bytes, 7)]));
}

/** A file that ends early and is complete. */
export function shorter(length: number): Answer {
  return ({ response, body }) => response.writeHead(200, { 'content-length': length }).end(body.subarray(0, length));
}

/** 206 with a part that nobody asked for. */
export function otherRange(from: number): Answer {
  return ({ response, body }) => {
    response.writeHead(206, { 'content-range': contentRange(from, body) }).end(body.subarray(from));
  };
}

/** 206 of a file of another size. */
export function otherTotal(total: number): Answer {
  return ({ request, response, body }) => {
    const from = firstByteOf(request);
    response.writeHead(206, { 'content-range': contentRange(from, body, total) }).end(body.subarray(from));
  };
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return ({ response }) => response.writeHead(code, headers).end('no');
}
