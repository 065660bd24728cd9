import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { whyUnreachable } from './reach.mjs';

const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const open = typeof address === 'object' ? address?.port : undefined;
// Nobody listens on a port that was just given back.
const other = createServer().listen(0, '127.0.0.1');
await once(other, 'listening');
const freed = other.address();
const closed = typeof freed === 'object' ? freed?.port : undefined;
other.close();
await once(other, 'close');

it.each([
  ['a host that answers', `http://127.0.0.1:${open}/path`, {}, ''],
  ['a closed port', `http://127.0.0.1:${closed}`, {}, 'cannot connect to 127.0.0.1: ECONNREFUSED'],
  // RFC 2606 promises that this name never exists; an offline resolver may say EAI_AGAIN.
  ['a name that does not exist', 'https://host.invalid', {}, /^cannot connect to host\.invalid: E/],
  ['the proxy, where there is one', 'https://host.invalid', { HTTPS_PROXY: `http://127.0.0.1:${open}` }, ''],
  ['nobody, for what is no URL', 'example', {}, ''],
  ['a proxy that is down', `http://127.0.0.1:${open}`, { https_proxy: `http://127.0.0.1:${closed}` }, /ECONNREFUSED/],
])('asks %s', async (_what, url, env, expected) => {
  const why = await whyUnreachable(url, { env });
  if (typeof expected === 'string') expect(why).toBe(expected);
  else expect(why).toMatch(expected);
});

it('does not wait for ever', async (context) => {
  context.skip(process.platform !== 'linux', 'only Linux is known to leave a caller waiting when the queue is full');
  // It listens and never accepts: once its queue is full, who calls hears nothing, as behind a firewall that drops packets.
  const code = `const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
    });`;
  const deaf = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(deaf.stdout, 'data');
  const queue = Array.from({ length: 4 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
  try {
    await once(queue[0] ?? deaf, 'connect');
    const began = performance.now();
    const why = await whyUnreachable(`http://127.0.0.1:${port}`, { seconds: 0.5, env: {} });
    expect(why).toBe('cannot connect to 127.0.0.1: no answer within 0.5 s');
    expect(performance.now() - began).toBeLessThan(5000);
  } finally {
    for (const socket of queue) socket.destroy();
    deaf.kill();
  }
});
