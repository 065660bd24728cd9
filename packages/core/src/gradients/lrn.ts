import type { LrnNode } from '../ops/lrn.ts';
import type { ForwardArgs, NodeBase } from '../ops/op.ts';
import { sameShape } from '../tensor.ts';
import { both, type GradientOp } from './gradient-op.ts';

/** The gradient of local response normalisation (Krizhevsky et al. 2012, section 3.3). Reads `[x, dy]`; attributes as of `lrn`. */
export interface LrnGradientNode extends NodeBase, Pick<LrnNode, 'size' | 'alpha' | 'beta' | 'bias'> {
  readonly op: 'lrnGradient';
  readonly inputs: readonly [x: string, dy: string];
}

export const lrnGradient: GradientOp<LrnGradientNode> = {
  op: 'lrnGradient',
  overBatch: false,
  parameters: () => [],

  infer(_node, [x, dy], _parameters, fail) {
    return x?.length === 3 && dy !== undefined && sameShape(x, dy)
      ? x
      : fail(`Needs an image and a gradient of one shape, got ${x?.join('x')} and ${dy?.join('x')}`);
  },

  macs: () => 0,
  forward: (node, args) => gradient(node, args, (value) => value, -1),

  accumulation: {
    // the window's sum, and the two terms that are subtracted
    terms: (node) => node.size + 2,
    magnitude: (node, args) => gradient(node, args, Math.abs, 1),
  },
};

/**
 * With t[c] = bias + alpha/size * (sum of x[j]^2 over the window of c):
 * dx[c] = dy[c] * t[c]^-beta - 2 alpha beta / size * x[c] * sum of dy[j] * x[j] * t[j]^(-beta-1), over the j whose window holds c.
 */
function gradient(node: LrnGradientNode, args: ForwardArgs, of: (value: number) => number, sign: 1 | -1): Float64Array {
  const [channels, height, width] = args.output as [number, number, number];
  const [x, dy] = both(args);
  const plane = height * width;
  const before = Math.floor((node.size - 1) / 2);
  const after = Math.ceil((node.size - 1) / 2);
  const dx = new Float64Array(x.length);
  const t = new Float64Array(channels);
  const shared = new Float64Array(channels);
  for (let n = 0; n < args.batch; n++) {
    for (let p = 0; p < plane; p++) {
      const at = (c: number) => (n * channels + c) * plane + p;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let j = Math.max(0, c - before); j <= Math.min(channels - 1, c + after); j++) sum += x[at(j)]! ** 2;
        t[c] = node.bias + (node.alpha / node.size) * sum;
        shared[c] = of(dy[at(c)]! * x[at(c)]!) * t[c]! ** (-node.beta - 1);
      }
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let j = Math.max(0, c - after); j <= Math.min(channels - 1, c + before); j++) sum += shared[j]!;
        const direct = of(dy[at(c)]!) * t[c]! ** -node.beta;
        dx[at(c)] = direct + sign * ((2 * node.alpha * node.beta) / node.size) * of(x[at(c)]!) * sum;
      }
    }
  }
  return dx;
}
