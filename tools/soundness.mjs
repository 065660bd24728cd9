#!/usr/bin/env node
// How close correct float32 kernels come to the error budgets, and what the budgets catch (`npm run build` first):
// random cases, 10,000 unless told otherwise; the large layers of BVLC AlexNet, each on the oracle's values; small mistakes;
// random gradients, a twentieth of the cases; trainings.
//
//   npm run soundness [-- cases [seed]]
import { load } from './memory/built.mjs';

const core = await load('core');
const { createOracleCache } = await load('conformance');
const {
  correctKernels,
  judgeGradientKernels,
  judgeKernels,
  measureTightness,
  randomGradientCases,
  runSoundness,
  runTrainingSoundness,
} = await load('conformance', 'self-test');

const [cases, seed] = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 2012)];
if (![cases, seed].every((number) => Number.isInteger(number) && number > 0)) {
  console.error('The number of cases and the seed must be whole numbers above 0');
  process.exit(2);
}

const started = performance.now();
const report = await runSoundness({ cases, seed });
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `${report.cases} random cases from seed ${seed}, ${report.judgements} judgements, ${report.falseFailures} false failures, ${seconds} s\n`,
);
for (const failure of report.failures)
  console.log(`${failure.op}, ${failure.kernel}: ${failure.reason}\n  ${failure.case}`);
table(
  ['op', 'kernel', 'largest error / budget'],
  report.tightest.map((/** @type {any} */ { op, kernel, ratio }) => [op, kernel, ratio.toFixed(3)]),
);

const variant = core.createVariant('bvlc-alexnet');
const weights = core.seededWeights(variant.graph, 1);
const [input] = variant.graph.inputs;
const size = input.shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b);
/** Values like those of an image less its mean. */
const data = Float32Array.from(core.philoxStream([0, 0, 0, 0], [2012, 1], size), (word) => (word >>> 24) - 110);
const tensor = { shape: [1, ...input.shape], data };
const network = { variant, weights, images: [{ name: 'generated', tensor }] };
const layers = (await createOracleCache().expect(network)).get('generated');
const { values: shapes } = core.inferShapes(variant.graph);
/** @type {Map<string, Map<string, string>>} by kernel, by layer */
const ratios = new Map();
const large = variant.graph.nodes.filter((/** @type {any} */ { op }) => op === 'conv2d' || op === 'linear');
for (const node of large) {
  const [from] = node.inputs;
  const shape = shapes.get(from);
  const opCase = {
    op: node.op,
    graph: { ...variant.graph, inputs: [{ name: from, shape }], nodes: [node], outputs: [node.name] },
    data: { kind: 'random' },
    tensors: () => ({
      input: { shape: [1, ...shape], data: Float32Array.from(layers.get(from)?.want.data ?? data) },
      weights,
    }),
  };
  for (const [{ name }, { maxRatio }] of judgeKernels(opCase, correctKernels)) {
    const row = ratios.get(name) ?? new Map();
    ratios.set(name, row.set(node.name, Number(maxRatio).toFixed(3)));
  }
}
console.log('\nBVLC AlexNet at full size, seeded weights: largest error / budget\n');
table(
  ['kernel', ...large.map((/** @type {any} */ { name }) => name)],
  [...ratios].map(([name, row]) => [name, ...large.map((/** @type {any} */ node) => row.get(node.name) ?? '')]),
);

console.log('\nShare of wrong outputs, and of layers of 16 such outputs, that are over budget\n');
const tight = [27, 363, 1200, 2304, 9216].map((terms) => measureTightness({ terms, layers: 60 }));
table(
  ['mistake', ...tight.map(([first]) => `${first.terms} terms`)],
  tight[0].map((/** @type {any} */ { mistake }, /** @type {number} */ i) => [
    mistake,
    ...tight.map((row) => `${percent(row[i].outputs)} / ${percent(row[i].layers)}`),
  ]),
);

const gradients = await judgeGradientKernels(randomGradientCases(Math.ceil(cases / 20), seed));
console.log(
  `\n${gradients.cases} random cases of gradients, ${gradients.judgements} judgements, ${gradients.failures.length} false failures\n`,
);
for (const { kernel, case: of, reason } of gradients.failures) console.log(`${kernel}: ${reason}\n  ${of}`);
table(
  ['op, kernel', 'largest error / budget'],
  [...gradients.tightest]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 20)
    .map(([key, ratio]) => [key, ratio.toFixed(3)]),
);

const trainings = await runTrainingSoundness({ seeds: 5 });
console.log(`\n${trainings.judgements} trainings, ${trainings.falseFailures} false failures\n`);
table(
  ['setting', 'kernel', 'largest share of a band', 'of'],
  trainings.tightest.slice(0, 20).map((/** @type {any} */ { setting, kernel, ratio, what }) => {
    return [setting, kernel, ratio.toFixed(3), what];
  }),
);

process.exitCode = report.falseFailures + gradients.failures.length + trainings.falseFailures === 0 ? 0 : 1;

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}
