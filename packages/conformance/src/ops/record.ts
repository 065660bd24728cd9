import { type NodeOf, type OpName, type Precision, precisions, type Shape, sizeOf } from '@alexnet/core';
import { type Judged, rules } from '../numerics/tolerance.ts';
import type { OpCase } from './case.ts';
import type { ErrorSample } from './error-case.ts';

/** How many products a correct kernel adds up for one element, K, which its budget grows with. */
export interface Terms<K extends OpName> {
  readonly words: string;
  /** `input` without batch; `parameters` by name. */
  of(node: NodeOf<K>, input: Shape, parameters: ReadonlyMap<string, Shape>): number;
}

/** All that the suite knows of one op. */
export interface OpRecord<K extends OpName = OpName> {
  readonly op: K;
  /** What must agree with the oracle, each with why it is there. */
  readonly samples: readonly OpCase[];
  /** What must be rejected, each with its code. */
  readonly errors: readonly ErrorSample[];
  /** In which the samples are run: those that store a weight of this op. */
  readonly precisions: readonly Precision[];
  /** Of ops that add up products. */
  readonly terms?: Terms<K>;
  readonly budget: {
    /** The rule in words; `tolerance.ts` derives it. */
    readonly words: string;
    readonly rule: 'equal' | 'bitwise' | ((judged: Judged<NodeOf<K>>) => Float32Array);
  };
  /** What happens to NaN, infinities, signed zeros and subnormal numbers. A NaN is a NaN: its payload and sign may change. */
  readonly special: string;
}

/** The part of a record that is written by hand. */
type Words<K extends OpName> = Pick<OpRecord<K>, 'terms' | 'special'> & { readonly budget: string };

const dot = 'floor + ulp(want) + budget(K) * sum |a*b|';
const exact = 'equal; 0 and -0 are the same';
const moved = 'the same bits';
const passes = 'Every value goes through with its bits; subnormal numbers may be flushed to zero.';
const sums =
  'NaN reaches the sums that read it and no others, also through ReLU; infinity times 0 is NaN, infinities of both signs add up to NaN; a sum beyond float32 is an infinity; subnormal terms may be flushed.';

const words: { readonly [K in OpName]: Words<K> } = {
  conv2d: {
    terms: {
      words: 'input channels per group x window rows x window columns, and 1 for the bias',
      of: ({ weight, bias }, _input, parameters) =>
        sizeOf(parameters.get(weight)!.slice(1)) + (bias === undefined ? 0 : 1),
    },
    budget: dot,
    special: `${sums} Padding is 0 and never read from memory: what stands beside the image must not matter.`,
  },
  linear: {
    terms: {
      words: 'features, and 1 for the bias',
      of: ({ bias }, [features]) => features! + (bias === undefined ? 0 : 1),
    },
    budget: `${dot}; of stored weights the same, with what they mean`,
    special: sums,
  },
  relu: { budget: exact, special: 'NaN stays NaN, -0 may become 0, infinity stays; subnormal numbers may be flushed.' },
  lrn: {
    budget: `|want| * (beta (size + 5) + 18 + 13 |ln d^beta|) u, and for a running sum beta * budget(2 channels) * 2 max S * alpha/size / d`,
    special:
      'NaN reaches the channels whose window holds it and no others; zeros give zeros. The window is cut at the first and last channel, its divisor is not.',
  },
  maxPool2d: {
    budget: exact,
    special:
      'NaN wins over everything; padding counts as minus infinity, so that the lowest float32 wins over it; subnormal numbers may be flushed.',
  },
  adaptiveAvgPool2d: {
    terms: {
      words: '(ceil(H / rows) + 1) x (ceil(W / columns) + 1), the largest window that there can be',
      of: ({ output }, [, height, width]) => (Math.ceil(height! / output[0]) + 1) * (Math.ceil(width! / output[1]) + 1),
    },
    budget: `${dot}, b = 1 / pixels of the window`,
    special: sums,
  },
  batchNorm: {
    terms: { words: '4: x, the mean, the scale, the bias', of: () => 4 },
    budget:
      'floor + ulp(want) + 20 u ((|x| + |mean|) |factor| + |bias|), whatever the data: roundings of a channel are the same for all its values',
    special: 'NaN stays where it is.',
  },
  pad2d: { budget: moved, special: `${passes} What is added is 0, not -0.` },
  flatten: { budget: moved, special: passes },
  dropout: { budget: moved, special: passes },
  softmax: {
    budget:
      'p * ((6 + 5 (max - x)) u, the same of every term of the sum weighted by its share, budget(classes), 5 u), and floor + ulp(p)',
    special:
      'One NaN makes its sample NaN and no other; minus infinity has probability 0; infinity makes its sample NaN; logits of any size overflow nothing.',
  },
};

export function recordOf<K extends OpName>(
  op: K,
  samples: readonly OpCase[],
  errors: readonly ErrorSample[],
): OpRecord<K> {
  const { budget, ...rest } = words[op] as Words<K>;
  return {
    op,
    samples,
    errors: errors.filter((sample) => sample.op === op),
    precisions: precisions.filter((precision) => samples.some((sample) => sample.precision === precision)),
    ...rest,
    budget: { words: budget, rule: rules[op] },
  };
}
