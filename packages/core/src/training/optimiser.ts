import { AlexNetError } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import type { Floats } from '../ops/op.ts';

/**
 * How one parameter w follows its gradient g at learning rate r. The state between steps starts at 0.
 * - `sgd`, as in Krizhevsky et al. 2012, section 5: v = momentum v - weightDecay r w - r g;  w = w + v. Caffe's solver is the same function, with
 *   `caffeMultipliers`; Keras's is it without weight decay.
 * - `rmsprop`, as in Keras (Hinton 2012, lecture 6e): a = rho a + (1 - rho) g^2;  w = w - r g / (sqrt(a) + epsilon).
 * - `adadelta`, as in Keras (Zeiler 2012, algorithm 1): a = rho a + (1 - rho) g^2;  u = g sqrt(d + epsilon) / sqrt(a + epsilon);
 *   w = w - r u;  d = rho d + (1 - rho) u^2.
 */
export type UpdateRule =
  | { readonly kind: 'sgd'; readonly momentum: number; readonly weightDecay: number }
  | { readonly kind: 'rmsprop'; readonly rho: number; readonly epsilon: number }
  | { readonly kind: 'adadelta'; readonly rho: number; readonly epsilon: number };

/** What multiplies the learning rate and the weight decay of one parameter. Default: 1. */
export interface Multipliers {
  readonly learningRate?: number;
  readonly weightDecay?: number;
}

export interface Optimiser {
  readonly rule: UpdateRule;
  /** Gradients are scaled down so that the norm of all of them together is at most this (Pascanu et al. 2013, algorithm 1). Default: not. */
  readonly clipNorm?: number;
  /** By name of the parameter. */
  readonly multipliers?: Readonly<Record<string, Multipliers>>;
}

/** Caffe's `lr_mult` and `decay_mult` of its AlexNets: biases learn twice as fast and do not decay. */
export function caffeMultipliers({ nodes }: Graph): Readonly<Record<string, Multipliers>> {
  return Object.fromEntries(
    nodes.flatMap((node) =>
      (node.op === 'conv2d' || node.op === 'linear') && node.bias !== undefined
        ? [[node.bias, { learningRate: 2, weightDecay: 0 }]]
        : [],
    ),
  );
}

/** Only the weights of convolutions and linear layers decay: no bias, no scale of batch norm (He et al. 2019, "Bag of Tricks", section 3.1). */
export function noBiasDecay({ nodes }: Graph): Readonly<Record<string, Multipliers>> {
  const kept = nodes.flatMap((node) => {
    if (node.op === 'batchNorm') return [node.scale, node.bias];
    return (node.op === 'conv2d' || node.op === 'linear') && node.bias !== undefined ? [node.bias] : [];
  });
  return Object.fromEntries(kept.map((name) => [name, { weightDecay: 0 }]));
}

/** The names of the tensors that a rule keeps for each parameter between steps. */
export function slotsOf(rule: UpdateRule): readonly string[] {
  switch (rule.kind) {
    case 'sgd':
      return rule.momentum === 0 ? [] : ['velocity'];
    case 'rmsprop':
      return ['square'];
    case 'adadelta':
      return ['square', 'squaredUpdate'];
  }
}

/** What a parameter's slot is called: `conv1.weight.velocity`. */
export function slotName(parameter: string, slot: string): string {
  return `${parameter}.${slot}`;
}

/** The numbers with which one parameter is updated at one step. */
export interface Rates {
  readonly learningRate: number;
  /** The rule's weight decay with the parameter's multiplier; 0 for rules without. */
  readonly weightDecay: number;
}

export function ratesOf({ rule, multipliers }: Optimiser, parameter: string, learningRate: number): Rates {
  const own = multipliers?.[parameter] ?? {};
  return {
    learningRate: learningRate * (own.learningRate ?? 1),
    weightDecay: rule.kind === 'sgd' ? rule.weightDecay * (own.weightDecay ?? 1) : 0,
  };
}

/** One update in place, in the arithmetic of the arrays: the oracle's, in float64. `g` is already clipped. */
export function update(
  rule: UpdateRule,
  { learningRate: r, weightDecay }: Rates,
  w: Floats,
  g: Floats,
  slots: readonly Floats[],
): void {
  const [a, d] = slots;
  switch (rule.kind) {
    case 'sgd':
      for (let i = 0; i < w.length; i++) {
        const step = -weightDecay * r * w[i]! - r * g[i]!;
        const v = a === undefined ? step : rule.momentum * a[i]! + step;
        if (a !== undefined) a[i] = v;
        w[i]! += v;
      }
      return;
    case 'rmsprop':
      for (let i = 0; i < w.length; i++) {
        a![i] = rule.rho * a![i]! + (1 - rule.rho) * g[i]! ** 2;
        w[i]! -= (r * g[i]!) / (Math.sqrt(a![i]!) + rule.epsilon);
      }
      return;
    case 'adadelta':
      for (let i = 0; i < w.length; i++) {
        a![i] = rule.rho * a![i]! + (1 - rule.rho) * g[i]! ** 2;
        const u = (g[i]! * Math.sqrt(d![i]! + rule.epsilon)) / Math.sqrt(a![i]! + rule.epsilon);
        w[i]! -= r * u;
        d![i] = rule.rho * d![i]! + (1 - rule.rho) * u ** 2;
      }
      return;
  }
}

/** By what all gradients are multiplied so that their common norm is at most `clipNorm`. */
export function clipFactor(clipNorm: number | undefined, norm: number): number {
  return clipNorm === undefined || norm <= clipNorm ? 1 : clipNorm / norm;
}

/** The smallest number that float32 holds in full: with less, devices would divide by 0. */
const SMALLEST = 2 ** -126;

/** Errors: `invalid-input`, naming the setting that is none; `unknown-name`, for a multiplier of no parameter. */
export function checkOptimiser({ rule, clipNorm, multipliers = {} }: Optimiser, parameters: readonly string[]): void {
  if (!['sgd', 'rmsprop', 'adadelta'].includes(rule.kind)) {
    throw invalid(`There is no update rule ${String((rule as { kind?: unknown }).kind)}`, 'rule');
  }
  const below1 = (value: number) => value >= 0 && value < 1;
  const settings =
    rule.kind === 'sgd'
      ? {
          momentum: below1(rule.momentum),
          weightDecay: rule.weightDecay >= 0 && Number.isFinite(Math.fround(rule.weightDecay)),
        }
      : { rho: below1(rule.rho), epsilon: rule.epsilon >= SMALLEST && Number.isFinite(Math.fround(rule.epsilon)) };
  for (const [name, good] of Object.entries(settings)) {
    if (!good) throw invalid(`${name} of ${rule.kind} is out of range`, name);
  }
  if (clipNorm !== undefined && !(clipNorm > 0))
    throw invalid(`clipNorm is ${clipNorm}; it must be above 0`, 'clipNorm');
  for (const [name, own] of Object.entries(multipliers)) {
    const wrong = Object.entries(own).find(([, value]) => !(Number.isFinite(value) && value >= 0));
    if (wrong !== undefined) throw invalid(`The multiplier ${wrong[0]} of ${name} is ${wrong[1]}`, 'multipliers');
  }
  const unknown = Object.keys(multipliers).filter((name) => !parameters.includes(name));
  if (unknown.length === 0) return;
  throw new AlexNetError({
    code: 'unknown-name',
    message: `There are multipliers for ${unknown.join(', ')}, which the network does not have`,
    where: 'multipliers',
  });
}

function invalid(message: string, where: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where: `optimiser, ${where}` });
}
