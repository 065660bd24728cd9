#!/usr/bin/env node
// How much memory loading full-size weights into a backend takes, over what the backend takes anyway (`npm run build` first; Linux).
//
//   node tools/memory/load-into-backend.mjs [--backend ID ...] [--variant ID ...] [--from folder|file|memory ...] [--precision P ...] [--warm narrow|full]
//
// Each measurement has a process of its own. There, a narrow network is compiled and run, so that the engine has what it needs for itself (with
// `--warm full` one of full size besides, whose weights are zeros: then it has compiled all kernels, too). From then on the kernel counts the peak of
// resident memory (VmHWM): until the last rows are asked for, until `compile` has ended, until a first run has ended.
// `from memory` is what a caller pays who has all weights in arrays, which stay where they are.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from './built.mjs';
import { collectGarbage, inOwnProcess } from './own-process.mjs';
import { anonymousPeak, resetPeak, resident } from './resident.mjs';

const backends = ['onnx-node', 'tfjs-node', 'tfjs-wasm', 'webgpu'];
const MB = 1e6;

/**
 * @typedef {object} Measured
 * @property {string} backend
 * @property {string} variant
 * @property {string} from
 * @property {string} precision
 * @property {number} weights bytes of all parameters in float32
 * @property {number} read peak over the baseline until the last rows are asked for: what comes after is the engine's
 * @property {number} compiled peak over the baseline until `compile` has ended
 * @property {number} compiledAnonymous the same of memory that is no file's
 * @property {number} ran peak over the baseline until the first run has ended
 * @property {number} stays what is resident after that
 * @property {number} seconds of `compile`
 */

/** @param {string} id */
async function createBackend(id) {
  if (id === 'onnx-node') return (await load('backend-onnx')).onnxNodeProvider().create({ threads: 2 });
  if (id === 'webgpu') return (await load('backend-webgpu', 'node')).webgpuNodeProvider().create();
  return (await load('backend-tfjs')).tfjsProvider({ engine: id.replace('tfjs-', '') }).create();
}

/**
 * One measurement, in this process.
 * @param {{ backend: string, variant: string, from: string, precision: string, warm: string, place: string }} options
 * @returns {Promise<Measured>}
 */
async function measure({ backend: id, variant, from, precision, warm, place }) {
  const core = await load('core');
  const { loadWeights, openWeights } = await load('core', 'files');
  const backend = await createBackend(id);
  const { graph: narrow } = core.createVariant(variant, { width: 0.125, classes: 10 });
  const image = { shape: [1, ...narrow.inputs[0].shape], data: new Float32Array(core.sizeOf(narrow.inputs[0].shape)) };
  const input = { [narrow.inputs[0].name]: image };
  const { graph } = core.createVariant(variant);
  for (const each of warm === 'full' ? [narrow, graph] : [narrow]) {
    const program = await backend.compile(each, zeros(core, each), { precision });
    await program.run(input);
    await program[Symbol.asyncDispose]();
  }

  const weights = graph.parameters.reduce(
    (/** @type {number} */ sum, /** @type {any} */ { shape }) => sum + 4 * core.sizeOf(shape),
    0,
  );
  const anonymous = await anonymousPeak();
  await collectGarbage();
  const before = resident();
  resetPeak();
  anonymous.reset();
  const began = performance.now();
  const opened = from === 'memory' ? (await loadWeights(place)).weights : await openWeights(place);
  let read = 0;
  const given = core.isWeightSource(opened)
    ? beforeEachRead(opened, () => {
        read = resident().peak - before.now;
      })
    : opened;
  const program = await backend.compile(graph, given, { precision });
  const seconds = (performance.now() - began) / 1000;
  const compiled = resident().peak - before.now;
  const compiledAnonymous = (await anonymous.stop()) - before.anonymous;
  if (core.isWeightSource(opened)) await opened[Symbol.asyncDispose]();
  await program.run(input);
  const ran = resident().peak - before.now;
  await collectGarbage();
  const stays = resident().now - before.now;
  return { backend: id, variant, from, precision, weights, read, compiled, compiledAnonymous, ran, stays, seconds };
}

/**
 * Weights that take no memory.
 * @param {any} core
 * @param {any} graph
 */
function zeros({ sizeOf }, graph) {
  /** @type {Map<string, { shape: number[], precision: 'f32' }>} */
  const parameters = new Map(
    graph.parameters.map((/** @type {any} */ { name, shape }) => [name, { shape, precision: 'f32' }]),
  );
  return {
    parameters,
    /**
     * @param {string} name
     * @param {{ rows?: [number, number] }} [options]
     */
    async read(name, { rows } = {}) {
      const [all = 1, ...rest] = parameters.get(name)?.shape ?? [];
      const shape = [rows === undefined ? all : rows[1] - rows[0], ...rest];
      return { precision: 'f32', shape, data: new Float32Array(sizeOf(shape)) };
    },
  };
}

/**
 * @param {any} source
 * @param {() => void} look
 */
function beforeEachRead(source, look) {
  /** @param {(...given: any[]) => Promise<any>} read */
  const looking =
    (read) =>
    (/** @type {any[]} */ ...given) => {
      look();
      return read(...given);
    };
  return { ...source, read: looking(source.read), readInto: source.readInto && looking(source.readInto) };
}

/**
 * Writes seeded weights of a full-size network: one file and a folder.
 * @param {string} folder
 * @param {string} id
 */
async function writeFiles(folder, id) {
  const core = await load('core');
  const { writeWeights } = await load('core', 'files');
  const variant = core.createVariant(id);
  const weights = core.seededWeights(variant.graph, 1);
  const dimensions = {
    width: 1,
    classes: variant.graph.nodes.at(-1).features ?? 1000,
    inputSize: variant.graph.inputs[0].shape[1],
  };
  writeFileSync(join(folder, 'weights.safetensors'), core.concatBytes(core.writeSafetensors(weights)));
  for await (const { name, data } of writeWeights({ variant, dimensions, weights, precision: 'f32' })) {
    writeFileSync(join(folder, name), data);
  }
}

/** @param {number} bytes */
const mb = (bytes) => String(Math.round(bytes / MB));

const self = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: {
    backend: { type: 'string', multiple: true, default: backends },
    variant: { type: 'string', multiple: true, default: ['torchvision', 'bvlc-alexnet'] },
    from: { type: 'string', multiple: true, default: ['folder', 'file', 'memory'] },
    precision: { type: 'string', multiple: true, default: ['f32'] },
    warm: { type: 'string', default: 'narrow' },
    write: { type: 'string' },
    measure: { type: 'string' },
  },
});

if (values.write !== undefined) {
  await writeFiles(values.write, values.variant[0] ?? '');
} else if (values.measure !== undefined) {
  console.log(`measured ${JSON.stringify(await measure(JSON.parse(values.measure)))}`);
  process.exit(); // engines keep threads
} else {
  console.log(
    '| backend | network | from | precision | weights | until the last rows | compile | of it no file | with a first run | stays | compile, s |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const variant of values.variant) {
    const folder = mkdtempSync(join(tmpdir(), 'alexnet-memory-'));
    try {
      inOwnProcess(self, ['--write', folder, '--variant', variant]);
      for (const backend of values.backend) {
        for (const precision of values.precision) {
          for (const from of values.from) {
            const place = from === 'folder' ? `${pathToFileURL(folder).href}/` : join(folder, 'weights.safetensors');
            const out = inOwnProcess(self, [
              '--measure',
              JSON.stringify({ backend, variant, from, precision, warm: values.warm, place }),
            ]);
            /** @type {Measured} */
            const found = JSON.parse(/^measured (.*)$/m.exec(out)?.[1] ?? '');
            const { weights, read, compiled, compiledAnonymous, ran, stays } = found;
            const numbers = [weights, read, compiled, compiledAnonymous, ran, stays].map(mb);
            console.log(`| ${[backend, variant, from, precision, ...numbers, found.seconds.toFixed(1)].join(' | ')} |`);
          }
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
