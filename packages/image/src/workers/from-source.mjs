/*
 * `worker.ts` as JavaScript, where the package runs from its source, in tests: made in memory, once a process. The package
 * as published has `worker.js` and not this file.
 */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const { build, stop } = createRequire(require.resolve('tsup'))('esbuild');
const sharp = pathToFileURL(require.resolve('sharp')).href;
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@alexnet/source'],
  plugins: [
    {
      name: 'sharp-as-installed',
      setup: ({ onResolve }) => onResolve({ filter: /^sharp$/ }, () => ({ path: sharp, external: true })),
    },
  ],
});
await stop();

export const entry = new URL(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
