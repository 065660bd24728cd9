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
import { stepsOf } from './steps.mjs';

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

const { createVariant, medianInterval } = await load('core');
const { graph } = createVariant(values.variant);
const { step, end } = await stepsOf((await load('backend-onnx')).onnxNodeProvider(), graph, batch);
const times = [];
for (let n = 0; n < WARM_UP + steps; n++) {
  const begin = performance.now();
  await step();
  times.push(performance.now() - begin);
}
for (const session of sessions) {
  try {
    session.endProfiling();
  } catch {} // one that only asked whether an engine is there
}

/** The times of each node, a run after the other. @type {Map<string, number[]>} */
const nodes = new Map();
for (const file of readdirSync(folder)) {
  for (const { cat, name, dur, args } of JSON.parse(readFileSync(join(folder, file), 'utf8'))) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const key = `${args.op_name}  ${name.replace(/_kernel_time$/, '')}`;
    nodes.set(key, [...(nodes.get(key) ?? []), dur / 1000]);
  }
}
rmSync(folder, { recursive: true });
await end();

/** Each node runs once in a step. Those that warm up do not count, nor does what only asked whether an engine is there. */
const perStep = [...nodes].flatMap(([key, runs]) => {
  const [op = '', node = ''] = key.split('  ');
  return runs.length <= WARM_UP ? [] : [{ op, node, ms: medianInterval(runs.slice(WARM_UP)).value }];
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
