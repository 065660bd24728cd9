import type { ForwardArgs, NodeBase } from '../ops/op.ts';
import { both, type GradientOp } from './gradient-op.ts';

/**
 * Softmax and cross-entropy in one, stable for logits of any size: one loss per sample. Reads `[logits, labels]`; a label is the index of its
 * class. With smoothing e (Szegedy et al. 2016, section 7) the target is 1 - e + e/C for the label's class and e/C for each other.
 */
export interface SoftmaxCrossEntropyNode extends NodeBase {
  readonly op: 'softmaxCrossEntropy';
  readonly inputs: readonly [logits: string, labels: string];
  /** 0 <= smoothing < 1 */
  readonly smoothing: number;
}

export const softmaxCrossEntropy: GradientOp<SoftmaxCrossEntropyNode> = {
  op: 'softmaxCrossEntropy',
  overBatch: false,
  parameters: () => [],

  infer({ smoothing }, [logits, labels], _parameters, fail) {
    if (logits?.length !== 1) fail(`Needs flat logits, got ${logits?.join('x')}`);
    if (labels?.length !== 0) fail(`Needs one label for each sample, got ${labels?.join('x')}`);
    if (!(smoothing >= 0 && smoothing < 1)) fail(`The smoothing ${smoothing} must be at least 0 and below 1`);
    return [];
  },

  macs: () => 0,

  /** l = log(sum over j of exp(z[j] - max z)) - sum over j of target[j] * (z[j] - max z) */
  forward(node, args) {
    return overSamples(args, 1, (z, label, out) => {
      const max = z.reduce((a, b) => Math.max(a, b));
      const shared = node.smoothing / z.length;
      let sum = 0;
      let expected = 0;
      for (let j = 0; j < z.length; j++) {
        sum += Math.exp(z[j]! - max);
        expected += (shared + (j === label ? 1 - node.smoothing : 0)) * (z[j]! - max);
      }
      out[0] = Math.log(sum) - expected;
    });
  },

  accumulation: {
    terms: (_node, args) => args.inputs[0]!.shape[0]! + 2,
    magnitude: (_node, args) =>
      overSamples(args, 1, (z, _label, out) => {
        // the distance of each logit from the largest is rounded before all else
        const largest = z.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        out[0] = 2 * largest + Math.log(z.length) + 1;
      }),
  },
};

/** The gradient of the mean loss over the batch with respect to the logits. Reads `[logits, labels]`. */
export interface SoftmaxCrossEntropyGradientNode extends NodeBase {
  readonly op: 'softmaxCrossEntropyGradient';
  readonly inputs: readonly [logits: string, labels: string];
  readonly smoothing: number;
}

export const softmaxCrossEntropyGradient: GradientOp<SoftmaxCrossEntropyGradientNode> = {
  op: 'softmaxCrossEntropyGradient',
  overBatch: false,
  parameters: () => [],
  infer: (_node, [logits], _parameters, fail) => logits ?? fail('Needs logits and labels'),
  macs: () => 0,

  /** dz[j] = (softmax(z)[j] - target[j]) / N */
  forward: (node, args) => logitGradient(node, args, (probability, target) => probability - target),

  accumulation: {
    terms: (_node, args) => args.inputs[0]!.shape[0]! + 2,
    magnitude: (node, args) => logitGradient(node, args, (probability, target) => probability + target),
  },
};

function logitGradient(
  node: SoftmaxCrossEntropyGradientNode,
  args: ForwardArgs,
  of: (probability: number, target: number) => number,
): Float64Array {
  const classes = args.output[0]!;
  return overSamples(args, classes, (z, label, out) => {
    const max = z.reduce((a, b) => Math.max(a, b));
    const shared = node.smoothing / classes;
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += out[j] = Math.exp(z[j]! - max);
    for (let j = 0; j < classes; j++) {
      out[j] = of(out[j]! / sum, shared + (j === label ? 1 - node.smoothing : 0)) / args.batch;
    }
  });
}

function overSamples(
  args: ForwardArgs,
  width: number,
  each: (logits: Float64Array, label: number, out: Float64Array) => void,
): Float64Array {
  const [logits, labels] = both(args);
  const classes = args.inputs[0]!.shape[0]!;
  const out = new Float64Array(args.batch * width);
  for (let n = 0; n < args.batch; n++) {
    each(logits.subarray(n * classes, (n + 1) * classes), labels[n]!, out.subarray(n * width, (n + 1) * width));
  }
  return out;
}

/** The loss: the mean of the samples' losses, and the penalties. Reads `[losses, ...penalties]`. */
export interface MeanLossNode extends NodeBase {
  readonly op: 'meanLoss';
  readonly inputs: readonly [losses: string, ...penalties: string[]];
}

export const meanLoss: GradientOp<MeanLossNode> = {
  op: 'meanLoss',
  overBatch: true,
  parameters: () => [],
  infer: (_node, [losses], _parameters, fail) => (losses?.length === 0 ? [] : fail('Needs one loss for each sample')),
  macs: () => 0,
  /** sum over n of losses[n] / N + sum of penalties */
  forward: (_node, args) => total(args, (value) => value),
  accumulation: {
    terms: (_node, args) => args.batch + args.inputs.length,
    magnitude: (_node, args) => total(args, Math.abs),
  },
};

function total(args: ForwardArgs, of: (value: number) => number): Float64Array {
  const [losses, ...penalties] = args.inputs;
  const mean = losses!.data.reduce((sum, loss) => sum + of(loss), 0) / args.batch;
  return Float64Array.of(penalties.reduce((sum, { data }) => sum + of(data[0]!), mean));
}
