import { AlexNetError } from '../error.ts';
import type { GradientNode, GradientNodeOf } from '../gradients/index.ts';
import type { Graph, Named, Node, NodeOf } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import type { Shape } from '../tensor.ts';
import { differentiate } from './differentiate.ts';
import { batchNormInTraining, reachedFrom } from './forward.ts';
import { inferTrainingShapes } from './infer.ts';
import { trainableOf } from './trainable.ts';

/** A node of a training graph: inference ops run forward, gradient ops do the rest. Batch norm of frozen layers alone stays `batchNorm`. */
export type TrainingNode = Exclude<Node, NodeOf<'dropout'>> | GradientNode;

/** A node of the forward pass in training. */
export type ForwardNode =
  | Exclude<Node, NodeOf<'dropout'>>
  | GradientNodeOf<'multiply' | 'batchMean' | 'batchVariance' | 'batchNormalize'>;

/** A parameter that training changes, and the value that holds its gradient. */
export interface ParameterGradient {
  readonly parameter: string;
  readonly value: string;
}

/**
 * A moving statistic of batch norm: after each step, moving = momentum * moving + (1 - momentum) * value; a variance is multiplied by
 * M / (M - 1) first, M = batch * `places` (as PyTorch and TensorFlow's fused batch norm do; not where M is 1).
 */
export interface MovingStatistic {
  readonly parameter: string;
  readonly value: string;
  readonly momentum: number;
  readonly kind: 'mean' | 'variance';
  /** How many values one channel of one sample has. */
  readonly places: number;
}

/** An input that holds a dropout mask: 0 or 1 / (1 - rate) for each value of each sample (`dropoutMask`). */
export interface MaskInput {
  readonly input: string;
  readonly shape: Shape;
  readonly rate: number;
}

/**
 * A network with its loss and the gradients of its parameters, as plain data in SSA form and topological order, like `Graph`.
 * Values without a batch dimension (`GradientOp.overBatch`) are one for the whole batch.
 */
export interface TrainingGraph {
  readonly name: string;
  /** The network as it was given: what the trained weights are for, and what `evaluate` computes. */
  readonly network: Graph;
  /** The network's inputs, then `labels` (or the given gradient), then the dropout masks. */
  readonly inputs: readonly Named[];
  readonly parameters: readonly Named[];
  readonly nodes: readonly TrainingNode[];
  /** The value that the loss reads: the network's output, or what its last softmax reads. */
  readonly scores: string;
  /** The mean loss over the batch with all penalties, a scalar; undefined where the gradient is given. */
  readonly loss: string | undefined;
  readonly gradients: readonly ParameterGradient[];
  readonly statistics: readonly MovingStatistic[];
  readonly masks: readonly MaskInput[];
}

export type Loss =
  /** Softmax and cross-entropy with the labels' classes, averaged over the batch. */
  | { readonly kind: 'softmax-cross-entropy'; readonly smoothing?: number }
  /** No loss: the gradient of the output is an input, named `<output>.gradient`. For losses of the caller's own, and for tests. */
  | { readonly kind: 'given' };

export interface TrainingGraphOptions {
  /** Default: softmax and cross-entropy without smoothing. */
  readonly loss?: Loss;
  /** Names of the parameters to train; the others are frozen. Default: all but the moving statistics of batch norm. */
  readonly trainable?: readonly string[];
  /**
   * L2 penalty, as Keras adds it to the loss: the factor times the sum of squares, of each trained convolution and linear weight. With a
   * given gradient in place of a loss its gradients are added all the same.
   */
  readonly regularisation?: { readonly l2: number };
  /** How slowly the moving statistics of batch norm follow: PyTorch's 0.9 (there called 0.1) or Keras's 0.99. Default 0.9. */
  readonly statisticsMomentum?: number;
  /** Also derive the gradients of the network's inputs, `<input>.gradient`. Default false. */
  readonly inputGradients?: boolean;
}

/** The input that holds one class index for each sample. */
export const LABELS = 'labels';
/** The value that holds the mean loss. */
const LOSS = 'loss';

/**
 * Derives the training of a network: reverse-mode differentiation over the IR (Baydin et al. 2018, section 3.2), once for all backends.
 * Batch norm with a trained scale or bias normalises by the batch's statistics, with neither by its own, frozen. Dropout is active.
 * Errors: `invalid-graph`; `unknown-name` (a trainable parameter that is none); `invalid-input` (options); `unsupported` (a parameter or
 * moving statistic that two nodes share, a network with more than one output).
 */
export function trainingGraph(network: Graph, options: TrainingGraphOptions = {}): TrainingGraph {
  const { loss = { kind: 'softmax-cross-entropy' }, statisticsMomentum = 0.9, inputGradients = false } = options;
  const { values } = inferShapes(network);
  if (!(statisticsMomentum >= 0 && statisticsMomentum < 1)) {
    throw invalid(`The momentum ${statisticsMomentum} must be at least 0 and below 1`, 'statisticsMomentum');
  }
  checkLoss(loss);
  const trainable = trainableOf(network, options.trainable);
  const output = onlyOutput(network);
  const scores = loss.kind === 'given' ? output : scoresOf(network, output);
  const inputs = [...network.inputs];
  const masks: MaskInput[] = [];
  const statistics: MovingStatistic[] = [];
  const forward: ForwardNode[] = [];

  for (const node of reachedFrom(network, scores)) {
    if (node.op === 'dropout') {
      const mask = { input: `${node.name}.mask`, shape: values.get(node.name)!, rate: node.rate };
      masks.push(mask);
      forward.push({ op: 'multiply', name: node.name, inputs: [node.inputs[0], mask.input] });
    } else if (node.op === 'batchNorm' && (trainable.has(node.scale) || trainable.has(node.bias))) {
      const { training, moving } = batchNormInTraining(node, values.get(node.inputs[0])!, statisticsMomentum);
      forward.push(...training);
      statistics.push(...moving);
    } else forward.push(node);
  }

  checkStatistics(statistics, network.name);

  const nodes: TrainingNode[] = [...forward];
  const given = `${scores}.gradient`;
  const penalties = penaltiesOf(forward, trainable, options.regularisation?.l2 ?? 0);
  if (loss.kind === 'given') inputs.push({ name: given, shape: values.get(scores)! });
  else {
    inputs.push({ name: LABELS, shape: [] });
    const read = { inputs: [scores, LABELS], smoothing: loss.smoothing ?? 0 } as const;
    nodes.push(
      { op: 'softmaxCrossEntropy', name: `${LOSS}.samples`, ...read },
      ...penalties.map((penalty) => penalty.node),
      { op: 'meanLoss', name: LOSS, inputs: [`${LOSS}.samples`, ...penalties.map(({ node }) => node.name)] },
      { op: 'softmaxCrossEntropyGradient', name: given, ...read },
    );
  }
  inputs.push(...masks.map(({ input, shape }) => ({ name: input, shape })));

  const backward = differentiate(forward, {
    inputs: network.inputs.map(({ name }) => name),
    inputGradients,
    scores,
    trainable,
    shapes: { values, parameters: new Map(network.parameters.map(({ name, shape }) => [name, shape])) },
  });
  nodes.push(...backward.nodes);
  const gradients = backward.gradients.map(({ parameter, value }) => {
    const penalty = penalties.find(({ node }) => node.parameter === parameter);
    if (penalty === undefined) return { parameter, value };
    const name = `${value}.with.penalty`;
    nodes.push({ op: 'l2Gradient', name, inputs: [value], parameter, factor: penalty.node.factor });
    return { parameter, value: name };
  });
  const training: TrainingGraph = {
    name: network.name,
    network,
    inputs,
    parameters: network.parameters,
    nodes,
    scores,
    loss: loss.kind === 'given' ? undefined : LOSS,
    gradients,
    statistics,
    masks,
  };
  inferTrainingShapes(training); // finds a name that is taken, a smoothing that is none
  return training;
}

function checkLoss(loss: Loss): void {
  if (!['softmax-cross-entropy', 'given'].includes(loss.kind)) {
    throw invalid(`There is no loss ${String((loss as { kind?: unknown }).kind)}`, 'loss');
  }
  const smoothing = loss.kind === 'given' ? 0 : (loss.smoothing ?? 0);
  if (smoothing >= 0 && smoothing < 1) return;
  throw invalid(`The smoothing ${smoothing} must be at least 0 and below 1`, 'loss.smoothing');
}

function checkStatistics(statistics: readonly MovingStatistic[], network: string): void {
  const seen = new Set<string>();
  const twice = statistics.find(({ parameter }) => seen.size === seen.add(parameter).size);
  if (twice === undefined) return;
  throw new AlexNetError({
    code: 'unsupported',
    message: `Two batch norms move the statistic ${twice.parameter}: shared statistics are not trained`,
    fix: 'Freeze one of them: leave its scale and bias out of trainable.',
    where: `graph ${network}`,
  });
}

function onlyOutput({ outputs, name }: Graph): string {
  const [output, ...more] = outputs;
  if (output !== undefined && more.length === 0) return output;
  throw new AlexNetError({
    code: 'unsupported',
    message: `A network to be trained has one output, ${name} has ${outputs.length}: ${outputs.join(', ')}`,
    where: `graph ${name}`,
  });
}

/** What the loss reads: cross-entropy takes what the last softmax would read. */
function scoresOf(network: Graph, output: string): string {
  const last = network.nodes.find(({ name }) => name === output);
  return last?.op === 'softmax' ? last.inputs[0] : output;
}

function penaltiesOf(nodes: readonly ForwardNode[], trainable: ReadonlySet<string>, factor: number) {
  if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY)) {
    throw invalid(`The L2 factor ${factor} must be 0 or more, and finite`, 'regularisation');
  }
  if (factor === 0) return [];
  return nodes.flatMap((node) => {
    if ((node.op !== 'conv2d' && node.op !== 'linear') || !trainable.has(node.weight)) return [];
    const name = `${LOSS}.penalty.${node.weight}`;
    return [{ node: { op: 'l2Penalty', name, inputs: [], parameter: node.weight, factor } as const }];
  });
}

function invalid(message: string, where: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where });
}
