#!/usr/bin/env node
// How fast a step of training is, against PyTorch and plain tfjs-node: the same network, batch and optimiser, in one interleaved run.
//
//   node tools/training-speed/compare.mjs [--variant uestcsongtaoli] [--width 0.5] [--batch 128] [--rounds 15]
//
// PyTorch runs where ALEXNET_PYTHON names a Python that has it. Each contender is a process of its own that takes a step when it is told to
// and says how long that took; a round is one step of each, in a random order.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { load } from '../memory/built.mjs';

const { createVariant, medianInterval, shuffled, costOf } = await load('core');
const { values } = parseArgs({
  options: {
    variant: { type: 'string', default: 'uestcsongtaoli' },
    width: { type: 'string', default: '1' },
    classes: { type: 'string', default: '10' },
    batch: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '15' },
  },
});
const [batch, rounds] = [Number(values.batch), Number(values.rounds)];
const { graph } = createVariant(values.variant, { width: Number(values.width), classes: Number(values.classes) });
const here = (/** @type {string} */ name) => new URL(name, import.meta.url).pathname;
const python = process.env['ALEXNET_PYTHON'];

/** @type {readonly { name: string, program: string, args: readonly string[] }[]} */
const contenders = [
  { name: 'onnx-node', program: process.execPath, args: [here('ours.mjs'), 'onnx-node'] },
  { name: 'tfjs-node (ours)', program: process.execPath, args: [here('ours.mjs'), 'tfjs-node'] },
  { name: 'tfjs-node (plain)', program: process.execPath, args: [here('plain-tfjs.mjs')] },
  ...(python === undefined ? [] : [{ name: 'PyTorch', program: python, args: [here('torch_steps.py')] }]),
];

/** Starts a contender; undefined, with its reason on the screen, where it cannot run this network. */
async function start(/** @type {(typeof contenders)[number]} */ { name, program, args }) {
  const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (/** @type {string} */ line) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    return done ? 'it ended' : value;
  };
  const answer = await ask(JSON.stringify({ graph, batch }));
  if (answer === 'ready') return { name, step: async () => Number(await ask('step')), end: () => child.stdin.end() };
  console.log(`${name} does not take part: ${answer}`);
  child.kill();
  return undefined;
}

const running = [];
for (const contender of contenders) running.push(await start(contender));
const racers = running.filter((racer) => racer !== undefined);
const macs = costOf(graph).macs;
console.log(
  `${values.variant}, width ${values.width}: ${(macs / 1e6).toFixed(1)} million MACs an image, batch ${batch}`,
);

/** @type {Map<string, number[]>} */
const times = new Map(racers.map(({ name }) => [name, []]));
const warmup = 2;
for (let round = -warmup; round < rounds; round++) {
  for (const { name, step } of shuffled(racers, 1, round + warmup)) {
    const ms = await step();
    if (round >= 0) times.get(name)?.push(ms);
  }
}
for (const { end } of racers) end();

const ours = times.get('onnx-node') ?? [];
const rows = racers.map(({ name }) => {
  const own = times.get(name) ?? [];
  const ms = medianInterval(own);
  const ratio = medianInterval(own.map((time, round) => time / (ours[round] ?? Number.NaN)));
  const shown = (/** @type {{ value: number, low: number, high: number }} */ { value, low, high }, digits = 2) =>
    `${value.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
  return {
    '': name,
    'ms a step': shown(ms, 0),
    'images/s': Math.round((1000 * batch) / ms.value),
    'GFLOP/s of convolution and linear layers': Math.round((6 * macs * batch) / ms.value / 1e6),
    'times as long as onnx-node': shown(ratio),
  };
});
console.table(rows);
