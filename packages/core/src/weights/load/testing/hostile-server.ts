import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, proper } from './answers.ts';

export interface HostileServer extends AsyncDisposable {
  readonly origin: string;
  /** How the next requests for a path are answered, in order; afterwards properly. */
  next(path: string, ...answers: readonly Answer[]): void;
  /** What came for a path: `-` or the range, and with `If-Range` its tag. */
  asked(path: string): string[];
  /** Paths in the order of requests. */
  readonly paths: readonly string[];
  /** Headers in the order of requests. */
  readonly headers: readonly IncomingMessage['headers'][];
  /** Requests that are not answered to the end, and whose client still waits. (Idle connections are the engine's business.) */
  open(): number;
}

/** A real server on this machine; `files` by path. Pages of any origin may read it. */
export async function hostileServer(files: ReadonlyMap<string, Uint8Array | string>): Promise<HostileServer> {
  const plans = new Map<string, Answer[]>();
  const seen: { path: string; range: string; headers: IncomingMessage['headers'] }[] = [];
  const open = new Set<IncomingMessage>();
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    const { range = '-', 'if-range': tag } = request.headers;
    seen.push({
      path,
      range: range.replace('bytes=', '') + (tag === undefined ? '' : ` if ${tag}`),
      headers: request.headers,
    });
    open.add(request);
    // `end`: the client hung up, which the server would not notice before it answers
    const end = () => {
      open.delete(request);
      for (const event of ['end', 'close']) request.socket.off(event, end);
    };
    for (const event of ['end', 'close']) request.socket.on(event, end);
    response.on('finish', end);
    response.setHeader('access-control-allow-origin', '*');
    const file = files.get(path);
    const planned = plans.get(path)?.shift();
    if (file === undefined && planned === undefined) response.writeHead(404).end('There is no such file');
    else (planned ?? proper())({ request, response, body: Buffer.from(file ?? '') });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: (path, ...answers) => void plans.set(path, [...answers]),
    asked: (path) => seen.filter((one) => one.path === path).map(({ range }) => range),
    get paths() {
      return seen.map(({ path }) => path);
    },
    get headers() {
      return seen.map(({ headers }) => headers);
    },
    open: () => open.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
