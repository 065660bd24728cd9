import { imageShape, type NodeBase, type OpDefinition, only } from './op.ts';

/**
 * Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3), in ONNX's convention:
 * `alpha` is divided by `size`, and the divisor stays `size` where the window is clipped at the first and last channels.
 * The paper's and TensorFlow's constants are not divided: multiply theirs by `size`.
 */
export interface LrnNode extends NodeBase {
  readonly op: 'lrn';
  readonly inputs: readonly [string];
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  /** Called `k` in the paper. */
  readonly bias: number;
}

export const lrn: OpDefinition<LrnNode> = {
  op: 'lrn',
  parameters: () => [],

  infer(node, inputs, _parameters, fail) {
    if (!Number.isInteger(node.size) || node.size < 1)
      fail(`The window size ${node.size} must be a whole number above 0`);
    for (const name of ['alpha', 'beta', 'bias'] as const) {
      if (!Number.isFinite(node[name])) fail(`${name} is ${node[name]}, not a finite number`);
    }
    // of a sum of squares that is negative there is no power, and zeros must not be divided by zero
    if (node.alpha < 0) fail(`alpha is ${node.alpha}; it must be 0 or more`);
    if (node.bias <= 0) fail(`bias is ${node.bias}; it must be above 0`);
    return imageShape(inputs, fail);
  },

  macs: () => 0,

  /**
   * y[c] = x[c] / (bias + alpha/size * S)^beta,  S = sum of x[j]^2 for j from c - floor((size-1)/2) to c + ceil((size-1)/2),
   * clipped to the channels that exist.
   */
  forward(node, args) {
    const [channels, height, width] = only(args.inputs).shape as [number, number, number];
    const x = only(args.inputs).data;
    const y = new Float64Array(x.length);
    const plane = height * width;
    const before = Math.floor((node.size - 1) / 2);
    const after = Math.ceil((node.size - 1) / 2);
    const sum = new Float64Array(plane);
    for (let n = 0; n < args.batch; n++) {
      const at = n * channels * plane;
      for (let c = 0; c < channels; c++) {
        sum.fill(0);
        for (let j = Math.max(0, c - before); j <= Math.min(channels - 1, c + after); j++) {
          for (let p = 0; p < plane; p++) sum[p]! += x[at + j * plane + p]! ** 2;
        }
        for (let p = 0; p < plane; p++) {
          y[at + c * plane + p] =
            x[at + c * plane + p]! / (node.bias + (node.alpha / node.size) * sum[p]!) ** node.beta;
        }
      }
    }
    return y;
  },
};
