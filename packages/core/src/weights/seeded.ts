import { AlexNetError } from '../error.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { type Shape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { fnv1a } from './fnv1a.ts';
import { type Key, philoxStream } from './philox.ts';

/*
 * The same full-size network on every machine and in every language, with no download.
 *
 * Element i of a parameter is made from word i mod 4 of the Philox4x32-10 block whose counter is floor(i / 4), under the key
 * (seed, FNV-1a of the parameter's name in UTF-8):
 *
 *     k     = 2 * floor(word / 16) + 1 - 2^28        an odd integer, |k| < 2^28, never 0
 *     value = float32( centre + k * 2^-28 * bound )
 *
 * k has 28 significant bits and `bound` is a float32, 24 bits, so the expression is exact in float64 and is rounded once, to float32.
 * No engine's Math can change a bit. (ECMAScript does not promise a correctly rounded Math.sqrt; the float32 rounding of `bound`
 * absorbs an error in its last place.) `tools/python/seeded_weights.py` is the twin; `seeded.fixture.json` holds values that both meet.
 */

/** A uniform distribution on centre ± bound. `bound` is a float32. */
interface Uniform {
  readonly centre: number;
  readonly bound: number;
}

const around = (centre: number, bound: number): Uniform => ({ centre, bound: Math.fround(bound) });

/** He et al. (2015), uniform: what a ReLU layer puts out is of the size of what it reads, so no layer of a deep net is trivial. */
const weightOf = (fanIn: number): Uniform => around(0, Math.sqrt(6 / fanIn));

/**
 * Biases do not scale with the layer. ±1/4 shows beside inputs of about 1, and beside inputs of 0-255 it is still several times
 * the float32 error budget of the longest sum (fc6: 0.05), so that a dropped bias cannot pass.
 */
const BIAS = around(0, 0.25);

/** 2^28, written out: a power of two must be exact in every engine. */
const TWO_28 = 0x10000000;

/** Near the identity, every part different from it, variances positive. */
const BATCH_NORM = { scale: around(1, 0.5), bias: around(0, 0.1), mean: around(0, 0.1), variance: around(1, 0.5) };

/**
 * Weights for every parameter of a graph, a function of the seed and the parameters' names and shapes alone: uniform on ±sqrt(6 / fanIn)
 * for convolution (fan-in: in/groups * kh * kw) and linear weights, ±0.25 for their biases; for batch norm, scale and variance on
 * [0.5, 1.5], bias and mean on ±0.1. 61 million values take about a second.
 * Errors: `invalid-input` for a seed that is not an unsigned 32-bit integer, `invalid-graph` for a parameter that no node reads.
 */
export function seededWeights(graph: Graph, seed: number): Weights {
  if (seed >>> 0 !== seed) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The seed ${seed} is not an unsigned 32-bit integer`,
      fix: 'Use a whole number from 0 to 4294967295.',
      where: 'seed',
    });
  }
  const shapes = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
  const roles = new Map(graph.nodes.flatMap((node) => rolesOf(node, shapes)));
  return new Map(
    graph.parameters.map(({ name, shape }) => {
      const role = roles.get(name);
      if (role !== undefined) return [name, draw([seed, fnv1a(name)], shape, role)];
      throw new AlexNetError({
        code: 'invalid-graph',
        message: `No node of graph ${graph.name} reads the parameter ${name}, so it has no distribution`,
        where: `parameter ${name}`,
      });
    }),
  );
}

/** What each parameter that a node reads is to that node, as a distribution. */
function rolesOf(node: Node, shapes: ReadonlyMap<string, Shape>): (readonly [string, Uniform])[] {
  switch (node.op) {
    case 'conv2d':
    case 'linear': {
      const fanIn = sizeOf((shapes.get(node.weight) ?? []).slice(1));
      const weight = [node.weight, weightOf(fanIn)] as const;
      return node.bias === undefined ? [weight] : [weight, [node.bias, BIAS]];
    }
    case 'batchNorm':
      return [
        [node.scale, BATCH_NORM.scale],
        [node.bias, BATCH_NORM.bias],
        [node.mean, BATCH_NORM.mean],
        [node.variance, BATCH_NORM.variance],
      ];
    case 'relu':
    case 'lrn':
    case 'maxPool2d':
    case 'adaptiveAvgPool2d':
    case 'pad2d':
    case 'flatten':
    case 'dropout':
    case 'softmax':
      return [];
  }
}

function draw(key: Key, shape: Shape, { centre, bound }: Uniform): Tensor {
  const words = philoxStream([0, 0, 0, 0], key, sizeOf(shape));
  const data = new Float32Array(words.buffer, 0, words.length); // in place: each word becomes its value
  const step = bound / TWO_28;
  for (let i = 0; i < data.length; i++) data[i] = centre + (2 * (words[i]! >>> 4) + 1 - TWO_28) * step;
  return { shape, data };
}
