import { type Node, type OpName, opNames, type Pads, type Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { runCheck } from '../run/run-check.ts';
import { type Alteration, alteredBackend, type Call } from '../self-test/altered-backend.ts';
import { toFloat16 } from '../self-test/float16.ts';
import { dots, kernel } from '../self-test/kernels/float32-kernels.ts';
import { layerKernels } from '../self-test/kernels/float32-layers.ts';
import { lawChecks } from './laws.ts';

const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false };

describe.each([
  ['the oracle', {}],
  ...['one accumulator, bias first', '256 lanes'].map((name): [string, Alteration] => [name, kernel(dots[name]!)]),
  ...Object.entries(layerKernels).map(([name, { alteration }]): [string, Alteration] => [name, alteration]),
])('a correct backend keeps every law: %s', (_name, alteration) => {
  it.each(lawChecks)('$id', async (definition) => {
    const { check } = await runCheck(definition, { ...options, backend: alteredBackend(alteration) });
    expect(check.status, `${check.reason}`).toBe('passed');
    expect(check.elements).toBeGreaterThan(0);
  });
});

type Break = (call: Call) => Tensor | undefined;

/** Changes a result element by element; `index` counts batch, channel (or feature), row, column. */
const changed =
  (f: (value: number, index: readonly number[], call: Call) => number): Break =>
  (call) => {
    const { shape, data } = call.evaluate();
    const [, channels = 1, rows = 1, cols = 1] = shape;
    const indexOf = (i: number) => [
      Math.floor(i / (channels * rows * cols)),
      Math.floor(i / (rows * cols)) % channels,
      Math.floor(i / cols) % rows,
      i % cols,
    ];
    return { shape, data: data.map((value, i) => f(value, indexOf(i), call)) };
  };

const on =
  (op: OpName, f: Break): Break =>
  (call) =>
    call.node.op === op ? f(call) : undefined;

/** A node computed as if it were another. */
const as =
  (f: (node: Node & { readonly pads: Pads }) => object): Break =>
  ({ node, evaluate }) =>
    evaluate({ node: { ...node, ...f(node as never) } as Node });

const unchanged: Break = ({ input, batch }) => ({
  shape: [batch, ...input.shape],
  data: Float32Array.from(input.data),
});
const oneLeft = ({ top, left, bottom, right }: Pads) =>
  left > 0 ? { pads: { top, left: left - 1, bottom, right: right + 1 } } : {};
const half = changed((value) => toFloat16(value));
/** A weight that should mask a neighbour. */
const nothing = Number('0');
const zeroOf = (axis: number, at: number) => changed((value, index) => (index[axis] === at ? 0 : value));
const firstInputsLost: Break = ({ input, evaluate }) => {
  const size = input.data.length;
  return evaluate({ input: input.data.map((x, i) => (i % (size / 2) < size / 12 ? 0 : x)) });
};

const faults: readonly (readonly [law: string, what: string, alteration: Break])[] = [
  [
    'conv2d/groups',
    'a channel lost where there are groups',
    on('conv2d', (call) => (call.node.op === 'conv2d' && call.node.groups > 1 ? zeroOf(1, 3)(call) : undefined)),
  ],
  ['conv2d/additive', 'half precision', on('conv2d', half)],
  [
    'conv2d/scaling',
    'a clamp',
    on(
      'conv2d',
      changed((value) => Math.min(value, 1000)),
    ),
  ],
  [
    'conv2d/bias',
    'no bias',
    on(
      'conv2d',
      as(() => ({ bias: undefined })),
    ),
  ],
  ['conv2d/input-channels', 'a channel lost', on('conv2d', firstInputsLost)],
  ['conv2d/output-channels', 'a channel lost', on('conv2d', zeroOf(1, 7))],
  ['conv2d/translation', 'a column lost', on('conv2d', zeroOf(3, 3))],
  [
    'conv2d/stride',
    'shifted where strided',
    on(
      'conv2d',
      as((node) => ('stride' in node && node.stride[0] > 1 ? oneLeft(node.pads) : {})),
    ),
  ],
  [
    'conv2d/transposed',
    'shifted to the left',
    on(
      'conv2d',
      as((node) => oneLeft(node.pads)),
    ),
  ],
  [
    'conv2d/padding',
    'shifted to the left',
    on(
      'conv2d',
      as((node) => oneLeft(node.pads)),
    ),
  ],
  ['conv2d/pointwise', 'the last row lost', on('conv2d', zeroOf(2, 8))],
  ['conv2d/then-relu', 'ReLU lost', on('relu', unchanged)],
  ['linear/additive', 'half precision', on('linear', half)],
  [
    'linear/split',
    'long sums cut',
    on('linear', (call) =>
      call.evaluate({ input: call.input.data.map((x, i) => (i % call.input.shape[0]! < 64 ? x : 0)) }),
    ),
  ],
  [
    'linear/input-features',
    'a feature lost',
    on('linear', (call) => call.evaluate({ input: call.input.data.map((x, i) => (i % 70 === 69 ? 0 : x)) })),
  ],
  ['linear/output-features', 'the last row lost', on('linear', zeroOf(1, 16))],
  [
    'linear/full-size-convolution',
    'channels last',
    on('flatten', ({ input, evaluate }) =>
      evaluate({
        input: input.data.map((_, i) => input.data[Math.floor(i / 60) * 60 + (i % 3) * 20 + (Math.floor(i / 3) % 20)]!),
      }),
    ),
  ],
  ['linear/then-relu', 'ReLU lost', on('relu', unchanged)],
  [
    'maxPool2d/constant',
    'padding of 0',
    on(
      'maxPool2d',
      changed((value) => Math.max(value, 0)),
    ),
  ],
  [
    'maxPool2d/monotone',
    'ReLU after the maximum lost',
    on('relu', (call) => (call.node.inputs[0] === 'y0' ? unchanged(call) : undefined)),
  ],
  [
    'maxPool2d/rows-then-columns',
    'shifted where the window is an area',
    on(
      'maxPool2d',
      as((node) => ('kernel' in node && node.kernel[0] > 1 && node.kernel[1] > 1 ? oneLeft(node.pads) : {})),
    ),
  ],
  ['maxPool2d/translation', 'a column lost', on('maxPool2d', zeroOf(3, 3))],
  ['maxPool2d/channels', 'a channel lost', on('maxPool2d', zeroOf(1, 0))],
  [
    'adaptiveAvgPool2d/constant',
    'the wrong divisor',
    on(
      'adaptiveAvgPool2d',
      changed((value) => value * 0.9),
    ),
  ],
  [
    'adaptiveAvgPool2d/linear',
    'the wrong divisor',
    on(
      'adaptiveAvgPool2d',
      changed((value) => value * 0.999),
    ),
  ],
  ['adaptiveAvgPool2d/additive', 'half precision', on('adaptiveAvgPool2d', half)],
  [
    'relu/idempotent',
    'a leak',
    on('relu', ({ input, batch }) => ({
      shape: [batch, ...input.shape],
      data: Float32Array.from(input.data, (x) => (x < 0 ? 0.01 * x : x)),
    })),
  ],
  [
    'softmax/shift',
    'no maximum subtracted',
    on('softmax', ({ input, batch }) => {
      const e = input.data.map((x) => Math.fround(Math.exp(x)));
      const sums = Array.from({ length: batch }, (_, n) => e.subarray(n * 17, (n + 1) * 17).reduce((a, b) => a + b));
      return { shape: [batch, 17], data: Float32Array.from(e, (x, i) => x / sums[Math.floor(i / 17)]!) };
    }),
  ],
  [
    'softmax/sum',
    'the last class not counted',
    on(
      'softmax',
      changed((value) => value * 1.0001),
    ),
  ],
  ['softmax/classes', 'the first class lost', on('softmax', zeroOf(1, 0))],
  [
    'lrn/reversal',
    'a window that reaches further up',
    on(
      'lrn',
      as((node) => ('size' in node ? { size: node.size + 1, alpha: (node.alpha * (node.size + 1)) / node.size } : {})),
    ),
  ],
  [
    'lrn/pixels',
    'a pixel with another divisor',
    on(
      'lrn',
      changed((value, [, , i, j]) => (i === 0 && j === 0 ? value * 1.001 : value)),
    ),
  ],
  ['lrn/odd', 'the sign lost', on('lrn', changed(Math.abs))],
  ['batchNorm/channels', 'the first channel not normalised', on('batchNorm', zeroOf(1, 0))],
  [
    'flatten/one-image-each',
    'two images exchanged',
    on(
      'flatten',
      changed((_, [n, c], call) => call.input.data[(1 - n!) * 105 + c!]!),
    ),
  ],
  ...opNames.flatMap((op) => [
    [
      `${op}/batch-order`,
      'the first sample differs',
      on(
        op,
        changed((value, [n]) => (n === 0 ? value + 0.5 : value)),
      ),
    ] as const,
    [
      `${op}/batch-nan`,
      'neighbours times 0',
      on(op, (call) => {
        const { shape, data } = call.evaluate();
        return { shape, data: data.map((value, i) => value + nothing * data[(i + data.length / 3) % data.length]!) };
      }),
    ] as const,
  ]),
];

describe('a backend that breaks a law is found', () => {
  it.each(faults)('%s: %s', async (law, _what, node) => {
    const definition = lawChecks.find(({ id }) => id === `property/${law}`)!;
    const { check } = await runCheck(definition, { ...options, backend: alteredBackend({ node }) });
    expect(check.status).toBe('failed');
    expect(check.reason).toMatch(/elements are wrong/);
  });

  it('every law has been seen to fail', () => {
    expect(new Set(faults.map(([law]) => `property/${law}`))).toEqual(new Set(lawChecks.map(({ id }) => id)));
  });
});
