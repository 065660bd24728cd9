#!/usr/bin/env node
// How much memory loading full-size native weights into arrays takes, over the arrays themselves (`npm run build` first; Linux).
//
//   node tools/memory/load-into-memory.mjs [--variant ID] [--from folder|cache|http|filling]... [--precision P]... [--runs N]
//
// Each measurement has a process of its own, and so has the server. `cache`: the file cache has everything; `filling`: it has nothing yet.
import { fork } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from './built.mjs';
import { collectGarbage, inOwnProcess } from './own-process.mjs';
import { resetPeak, resident } from './resident.mjs';

/**
 * @param {string} location
 * @param {string | undefined} cache folder
 */
async function measure(location, cache) {
  const { collectWeights } = await load('core');
  const { fileCache, openWeights } = await load('core', 'files');
  await (await fetch('data:,')).text(); // what the engine loads for the first request is not ours
  await collectGarbage();
  const before = resident().now;
  resetPeak();
  const began = performance.now();
  const opened = await openWeights(location, cache === undefined ? {} : { cache: fileCache(cache) });
  const weights = await collectWeights(opened);
  const seconds = (performance.now() - began) / 1000;
  const { peak } = resident();
  await opened[Symbol.asyncDispose]();
  let bytes = 0;
  for (const { data } of weights.values()) bytes += data.byteLength;
  return { above: peak - before - bytes, seconds };
}

/**
 * @param {string} folder
 * @param {string} id
 * @param {string} precision
 */
async function writeFiles(folder, id, precision) {
  const { createVariant, seededWeights } = await load('core');
  const { writeWeights } = await load('core', 'files');
  const variant = createVariant(id);
  const dimensions = { width: 1, classes: 1000, inputSize: variant.graph.inputs[0].shape[1] };
  const weights = seededWeights(variant.graph, 1);
  for await (const { name, data } of writeWeights({ variant, dimensions, weights, precision })) {
    writeFileSync(join(folder, name), data);
  }
}

/** @param {string} folder */
function serve(folder) {
  const server = createServer((request, response) => {
    const file = join(folder, basename(request.url ?? ''));
    response.writeHead(200, { 'content-length': statSync(file).size });
    createReadStream(file).pipe(response);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' ? address?.port : undefined);
  });
}

const self = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: {
    variant: { type: 'string', default: 'torchvision' },
    from: { type: 'string', multiple: true, default: ['folder', 'cache', 'http', 'filling'] },
    precision: { type: 'string', multiple: true, default: ['f32', 'f16', 'q8', 'dc'] },
    runs: { type: 'string', default: '3' },
    write: { type: 'string' },
    serve: { type: 'string' },
    measure: { type: 'string' },
    cache: { type: 'string' },
  },
});

if (values.write !== undefined) await writeFiles(values.write, values.variant, values.precision[0] ?? 'f32');
else if (values.serve !== undefined) serve(values.serve);
else if (values.measure !== undefined) {
  console.log(`measured ${JSON.stringify(await measure(values.measure, values.cache))}`);
} else {
  console.log('| from | precision | MB above the weights, each run | s |\n|---|---|---|---|');
  for (const precision of values.precision) await row(precision);
}

/** @param {string} precision */
async function row(precision) {
  const folder = mkdtempSync(join(tmpdir(), 'alexnet-memory-'));
  const cache = join(folder, 'cache');
  const server = fork(self, ['--serve', folder]);
  const listening = new Promise((resolve) => server.once('message', resolve));
  try {
    inOwnProcess(self, ['--write', folder, '--variant', values.variant, '--precision', precision]);
    const http = `http://127.0.0.1:${await listening}/`;
    const local = `${pathToFileURL(folder).href}/`;
    for (const from of values.from) {
      /** @type {{ above: number, seconds: number }[]} */
      const found = [];
      for (let run = 0; run < Number(values.runs); run++) {
        if (from === 'filling') rmSync(cache, { recursive: true, force: true });
        const options = ['--measure', from === 'folder' ? local : http];
        if (from === 'cache' || from === 'filling') options.push('--cache', cache);
        if (from === 'cache' && run === 0) inOwnProcess(self, options); // fills it
        found.push(JSON.parse(/^measured (.*)$/m.exec(inOwnProcess(self, options))?.[1] ?? ''));
      }
      const above = found.map((each) => (each.above / 1e6).toFixed(0)).join(', ');
      const seconds = found.map((each) => each.seconds.toFixed(1)).join(', ');
      console.log(`| ${from} | ${precision} | ${above} | ${seconds} |`);
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}
