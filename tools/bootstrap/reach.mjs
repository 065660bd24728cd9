import { connect } from 'node:net';

/**
 * Why a host cannot be reached; an empty string if it can. A program that downloads may wait for minutes before it finds
 * out. Where a proxy is set, the proxy is what must be reached.
 *
 * @param {string} url
 * @param {{ seconds?: number, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export function whyUnreachable(url, { seconds = 8, env = process.env } = {}) {
  const proxy = env['HTTPS_PROXY'] || env['https_proxy'] || env['HTTP_PROXY'] || env['http_proxy'];
  // What is no URL is left to the program to complain about.
  const ask = [proxy, url].find((text) => text && URL.canParse(text));
  if (ask === undefined) return Promise.resolve('');
  const { protocol, hostname, port } = new URL(ask);
  const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'http:' ? 80 : 443) };
  return new Promise((resolve) => {
    const socket = connect(to);
    /** @param {string} why */
    const end = (why) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(why === '' ? '' : `cannot connect to ${to.host}: ${why}`);
    };
    const timer = setTimeout(() => end(`no answer within ${seconds} s`), seconds * 1000);
    socket.once('connect', () => end(''));
    socket.once('error', (error) => end(('code' in error && String(error.code)) || error.message));
  });
}
