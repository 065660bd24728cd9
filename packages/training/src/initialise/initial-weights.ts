import { AlexNetError, type Graph, type Shape, sizeOf, type Tensor, type Weights } from '@alexnet/core';
import { draw } from './draw.ts';
import { type Distribution, type Initialiser, type InitialiserId, initialisers } from './initialiser.ts';

/**
 * The weights with which a training begins: a function of the initialiser, the seed and the parameters' names and shapes alone,
 * with the same bits in every engine. Batch norm begins as the identity: scale 1, bias 0, mean 0, variance 1.
 * Errors: `unknown-name` for an initialiser that is none, `invalid-input` for a seed that is not an unsigned 32-bit integer, `invalid-graph` for a parameter that no node reads.
 */
export function initialWeights(graph: Graph, initialiser: InitialiserId | Initialiser, seed: number): Weights {
  checkSeed(seed);
  const shapes = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
  const makers = makersOf(graph, typeof initialiser === 'string' ? named(initialiser) : initialiser);
  return new Map(
    graph.parameters.map(({ name }) => {
      const make = makers.get(name);
      if (make !== undefined) return [name, make(shapes.get(name)!, seed)];
      throw new AlexNetError({
        code: 'invalid-graph',
        message: `No node of graph ${graph.name} reads the parameter ${name}, so it has no initial values`,
        where: `parameter ${name}`,
      });
    }),
  );
}

function named(id: InitialiserId): Initialiser {
  if (Object.hasOwn(initialisers, id)) return initialisers[id];
  throw new AlexNetError({
    code: 'unknown-name',
    message: `There is no initialiser called ${JSON.stringify(id)}`,
    fix: `Choose from ${Object.keys(initialisers).join(', ')}.`,
  });
}

type Make = (shape: Shape, seed: number) => Tensor;

/** How each parameter is made, by what it is to the node that reads it. */
function makersOf(
  graph: Graph,
  { convolutions, hidden, scores, identity, biases }: Initialiser,
): ReadonlyMap<string, Make> {
  const makers = new Map<string, Make>();
  const linears = graph.nodes.filter(({ op }) => op === 'linear');
  let nth = 0;
  const layer = (weight: string, bias: string | undefined, distribution: Distribution, value: number) => {
    makers.set(weight, (shape, seed) => draw({ name: weight, shape, seed }, distribution));
    if (bias !== undefined) makers.set(bias, filled(value));
  };
  for (const node of graph.nodes) {
    if (node.op === 'conv2d') {
      nth++;
      const value = biases?.convolutions.includes(nth) === true ? biases.value : 0;
      layer(node.weight, node.bias, convolutions, value);
      if (identity === true && nth > 1) makers.set(node.weight, handingOn(makers.get(node.weight)!, node.groups));
    } else if (node.op === 'linear') {
      const last = node === linears.at(-1);
      layer(node.weight, node.bias, last ? scores : hidden, last ? 0 : (biases?.value ?? 0));
    } else if (node.op === 'batchNorm') {
      for (const name of [node.scale, node.variance]) makers.set(name, filled(1));
      for (const name of [node.bias, node.mean]) makers.set(name, filled(0));
    }
  }
  return makers;
}

/** The first filters of each group give its input channels, one each; what is left over is as `make` has it. */
function handingOn(make: Make, groups: number): Make {
  return (shape, seed) => {
    const { data } = make(shape, seed);
    const [filters, channels, height, width] = shape as readonly [number, number, number, number];
    const area = height * width;
    const centre = (height >> 1) * width + (width >> 1);
    for (let group = 0; group < groups; group++) {
      for (let channel = 0; channel < Math.min(filters / groups, channels); channel++) {
        const filter = ((group * filters) / groups + channel) * channels * area;
        data.fill(0, filter, filter + channels * area);
        data[filter + channel * area + centre] = 1;
      }
    }
    return { shape, data };
  };
}

function filled(value: number): Make {
  return (shape) => ({ shape, data: new Float32Array(sizeOf(shape)).fill(value) });
}

function checkSeed(seed: number): void {
  if (seed >>> 0 === seed) return;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `The seed ${seed} is not an unsigned 32-bit integer`,
    fix: 'Use a whole number from 0 to 4294967295.',
    where: 'seed',
  });
}
