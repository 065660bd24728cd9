#!/usr/bin/env node
// Where the time of a step of training goes in backend-onnx, by ONNX Runtime's own profile.
//
//   node tools/training-speed/profile.mjs [--variant cifar10] [--batch 128] [--steps 5] [--rows 20]
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from '../memory/built.mjs';

const { values } = parseArgs({
  options: {
    variant: { type: 'string', default: 'cifar10' },
    batch: { type: 'string', default: '128' },
    steps: { type: 'string', default: '5' },
    rows: { type: 'string', default: '20' },
  },
});
const [batch, steps] = [Number(values.batch), Number(values.steps)];
const WARM_UP = 2;

const folder = mkdtempSync(join(tmpdir(), 'alexnet-profile-'));
const { InferenceSession } = createRequire(new URL('../../packages/backend-onnx/package.json', import.meta.url))(
  'onnxruntime-node',
);
/** @type {{ endProfiling(): void }[]} */
const sessions = [];
const create = InferenceSession.create.bind(InferenceSession);
InferenceSession.create = async (/** @type {unknown} */ model, /** @type {object} */ options) => {
  const profileFilePrefix = join(folder, `session-${sessions.length}`);
  const session = await create(model, { ...options, enableProfiling: true, profileFilePrefix });
  sessions.push(session);
  return session;
};

const { createVariant, seededWeights, trainingGraph, trainingInputs } = await load('core');
const { graph } = createVariant(values.variant);
const training = trainingGraph(graph);
const backend = await (await load('backend-onnx')).onnxNodeProvider().create();
const optimiser = { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } };
const trainer = await backend.compileTraining(training, seededWeights(graph, 1), { optimiser });
const [{ shape }] = graph.inputs;
const size = shape.reduce((/** @type {number} */ product, /** @type {number} */ extent) => product * extent, batch);
const images = { shape: [batch, ...shape], data: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) };
const labels = Array.from({ length: batch }, (_, n) => n % 10);
const times = [];
for (let step = 0; step < WARM_UP + steps; step++) {
  const inputs = trainingInputs(training, { images, labels }, { seed: 1, step });
  const begin = performance.now();
  await trainer.step(inputs, { learningRate: 1e-4 });
  times.push(performance.now() - begin);
}
for (const session of sessions) {
  try {
    session.endProfiling();
  } catch {} // one that only asked whether an engine is there
}

/** @type {Map<string, { ms: number, runs: number }>} */
const nodes = new Map();
for (const file of readdirSync(folder)) {
  for (const { cat, name, dur, args } of JSON.parse(readFileSync(join(folder, file), 'utf8'))) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const key = `${args.op_name}  ${name.replace(/_kernel_time$/, '')}`;
    const sum = nodes.get(key) ?? { ms: 0, runs: 0 };
    nodes.set(key, { ms: sum.ms + dur / 1000, runs: sum.runs + 1 });
  }
}
rmSync(folder, { recursive: true });
await trainer[Symbol.asyncDispose]();
await backend[Symbol.asyncDispose]();

/** Of one step: each node runs once in it, also in those that warm up. */
const perStep = [...nodes].map(([key, { ms, runs }]) => {
  const [op = '', node = ''] = key.split('  ');
  return { op, node, ms: ms / runs };
});
/** @type {Map<string, number>} */
const byOp = new Map();
for (const { op, ms } of perStep) byOp.set(op, (byOp.get(op) ?? 0) + ms);
const shown = (/** @type {number} */ ms) => Number(ms.toFixed(2));
console.log(
  `${values.variant}, batch ${batch}: ${times
    .slice(WARM_UP)
    .map((ms) => ms.toFixed(0))
    .join(', ')} ms a step`,
);
console.table(
  [...byOp]
    .sort(([, a], [, b]) => b - a)
    .slice(0, Number(values.rows))
    .map(([op, ms]) => ({ op, ms: shown(ms) })),
);
console.table(
  perStep
    .sort((a, b) => b.ms - a.ms)
    .slice(0, Number(values.rows))
    .map(({ op, node, ms }) => ({ op, node, ms: shown(ms) })),
);
