import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { preview } from 'vite';

/** The built page on a server of its own. */
export interface Site extends AsyncDisposable {
  /** With a slash at its end. */
  readonly origin: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Serves the page as it is published; builds it first, unless nothing has changed since it was built. */
export async function site(): Promise<Site> {
  if (builtAt() < changedAt()) await build();
  const configFile = join(root, 'vite.config.ts');
  const server = await preview({ root, configFile, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
  return {
    origin: server.resolvedUrls!.local[0]!,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** As the script does, in a process of its own: in this one Vite would build a page for tests. */
async function build(): Promise<void> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: root, env });
}

function builtAt(): number {
  return statSync(join(root, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** When the last of the files changed that the page is built of. */
function changedAt(): number {
  const packages = join(root, '../../packages');
  const sources = readdirSync(packages).map((name) => join(packages, name, 'src'));
  const own = ['src', 'plugins', 'index.html', 'vite.config.ts', 'package.json'].map((name) => join(root, name));
  return Math.max(...[...own, ...sources].map(lastChange));
}

function lastChange(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : facts.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}
