import { AlexNetError, checkWeights, type Graph, type Multipliers, type Tensor, type Weights } from '@alexnet/core';
import { initialWeights } from '../initialise/initial-weights.ts';
import type { Initialiser, InitialiserId } from '../initialise/initialiser.ts';
import { type Layer, layersNamed, layersOf } from './layers.ts';
import { withClasses } from './with-classes.ts';

export interface FineTuningOptions {
  readonly classes: number;
  /** Layers that begin anew, by name; the last always does. A layer is a convolution or a linear one, with its batch norm. */
  readonly replace?: readonly string[];
  /** Layers that keep their weights; `others`: all that are not replaced. Default: none. */
  readonly freeze?: readonly string[] | 'others';
  /** What multiplies the learning rate of a layer. */
  readonly learningRates?: Readonly<Record<string, number>>;
  /** How the replaced layers begin. Default: Glorot's, as Keras and TensorFlow 1 have it. */
  readonly initialiser?: InitialiserId | Initialiser;
  readonly seed?: number;
}

export interface FineTuning {
  readonly graph: Graph;
  readonly weights: Weights;
  /** Names of parameters, for `trainingGraph`. */
  readonly trainable: readonly string[];
  /** For the optimiser. */
  readonly multipliers: Readonly<Record<string, Multipliers>>;
}

/**
 * What fine-tuning begins with: the network with its new classes, the given weights with the replaced layers anew, and which parameters
 * are trained how fast. A batch norm that belongs to no layer is trained, unless `others` are frozen.
 * Errors: `invalid-weights` (those that are kept must fit the graph as given), `unknown-name` (a layer), `invalid-input`, `unsupported`.
 */
export function planFineTuning(given: Graph, weights: Weights, options: FineTuningOptions): FineTuning {
  const { classes, freeze = [], learningRates = {}, initialiser = 'glorot-uniform', seed = 0 } = options;
  if (!(Number.isSafeInteger(classes) && classes >= 2)) {
    throw invalid(`There must be two classes or more, got ${classes}`, 'classes');
  }
  const graph = withClasses(given, classes);
  const layers = layersOf(graph);
  const last = layers.at(-1)!;
  const replaced = new Set(
    [...layersNamed(graph, options.replace ?? [], 'option replace'), last].map(({ name }) => name),
  );
  const kept = layers.filter(({ name }) => !replaced.has(name));
  const frozen = freeze === 'others' ? kept : layersNamed(graph, freeze, 'option freeze');
  const both = frozen.find(({ name }) => replaced.has(name));
  if (both !== undefined)
    throw invalid(`The layer ${both.name} is to begin anew, so it cannot be frozen`, 'option freeze');

  const anew = namesOf(
    layers.filter(({ name }) => replaced.has(name)),
    'parameters',
  );
  checkWeights({ ...given, parameters: given.parameters.filter(({ name }) => !anew.has(name)) }, weights);
  const drawn = graph.parameters.filter(({ name }) => anew.has(name));
  const fresh = initialWeights({ ...graph, parameters: drawn }, initialiser, seed);
  const all = layers.flatMap(({ trainable }) => trainable);
  const loose = freeze === 'others' ? [] : looseNorms(graph, new Set(layers.flatMap(({ parameters }) => parameters)));
  const still = namesOf(frozen, 'trainable');
  const idle = frozen.find(({ name }) => Object.hasOwn(learningRates, name));
  if (idle !== undefined)
    throw invalid(`The layer ${idle.name} is frozen, so it has no learning rate`, 'option learningRates');
  return {
    graph,
    weights: new Map(
      graph.parameters.map(({ name }) => [name, (anew.has(name) ? fresh : weights).get(name)!] as [string, Tensor]),
    ),
    trainable: [...all, ...loose].filter((name) => !still.has(name)),
    multipliers: ratesOf(graph, learningRates),
  };
}

function namesOf(layers: readonly Layer[], of: 'parameters' | 'trainable'): ReadonlySet<string> {
  return new Set(layers.flatMap((layer) => layer[of]));
}

/** Scales and biases of batch norms that belong to no layer. */
function looseNorms({ nodes }: Graph, owned: ReadonlySet<string>): string[] {
  return nodes.flatMap((node) => (node.op === 'batchNorm' && !owned.has(node.scale) ? [node.scale, node.bias] : []));
}

function ratesOf(graph: Graph, learningRates: Readonly<Record<string, number>>): Record<string, Multipliers> {
  const layers = layersNamed(graph, Object.keys(learningRates), 'option learningRates');
  return Object.fromEntries(
    layers.flatMap(({ name, trainable }) => {
      const learningRate = learningRates[name]!;
      if (!(learningRate >= 0 && Number.isFinite(learningRate))) {
        throw invalid(`The learning rate of ${name} cannot be multiplied by ${learningRate}`, 'option learningRates');
      }
      return trainable.map((parameter) => [parameter, { learningRate }]);
    }),
  );
}

function invalid(message: string, where: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where });
}
