import { type Optimiser, slotName, slotsOf, type TrainingGraph, type UpdateRule } from '@alexnet/core';
import { batchSize } from './gradients.ts';
import type { Writer } from './writer.ts';

/** The input that holds the step's learning rate, a scalar. Our own values have no colon in their names. */
export const LEARNING_RATE = 'learning:rate';

/** What a parameter or slot is called after the step. */
export function nextOf(name: string): string {
  return `${name}:next`;
}

/** The parameters and slots that a step changes. */
export function changedBy(training: TrainingGraph, { rule }: Optimiser): string[] {
  return [
    ...training.gradients.flatMap(({ parameter }) => [parameter, ...slotNames(rule, parameter)]),
    ...training.statistics.map(({ parameter }) => parameter),
  ];
}

/** The slots of one parameter. */
export function slotNames(rule: UpdateRule, parameter: string): string[] {
  return slotsOf(rule).map((slot) => slotName(parameter, slot));
}

/** Writes what follows the gradients: clipping, the update of each parameter, and of the moving statistics. Formulas: core's optimiser.ts. */
export function writeUpdates(training: TrainingGraph, optimiser: Optimiser, write: Writer): void {
  const clips = optimiser.clipNorm !== undefined && training.gradients.length > 0;
  const factor = clips ? clipFactor(training, optimiser.clipNorm, write) : undefined;
  for (const { parameter, value } of training.gradients) {
    const gradient = factor === undefined ? value : write.node('Mul', `${value}:clipped`, [value, factor]);
    const { learningRate = 1, weightDecay = 1 } = optimiser.multipliers?.[parameter] ?? {};
    const rate =
      learningRate === 1
        ? LEARNING_RATE
        : write.node('Mul', `${parameter}:rate`, [LEARNING_RATE, write.scalar(learningRate)]);
    writeUpdate(optimiser.rule, { parameter, gradient, rate, weightDecay }, write);
  }
  writeStatistics(training, write);
}

interface Update {
  readonly parameter: string;
  readonly gradient: string;
  readonly rate: string;
  /** By what the rule's weight decay is multiplied. */
  readonly weightDecay: number;
}

function writeUpdate(rule: UpdateRule, { parameter: w, gradient: g, rate, weightDecay }: Update, write: Writer): void {
  const at = (part: string) => `${w}:${part}`;
  const [a = '', d = ''] = slotNames(rule, w);
  /** b = rho b + (1 - rho) of^2 */
  const average = (slot: string, of: string, rho: number) => {
    const squares = write.node('Mul', `${slot}:squares`, [of, of]);
    return write.node('Add', nextOf(slot), [
      write.node('Mul', `${slot}:kept`, [slot, write.scalar(rho)]),
      write.node('Mul', `${slot}:new`, [squares, write.scalar(1 - rho)]),
    ]);
  };
  const root = (name: string, of: string, epsilon: string) =>
    write.node('Sqrt', name, [write.node('Add', `${name}:square`, [of, epsilon])]);

  switch (rule.kind) {
    case 'sgd': {
      const decay = rule.weightDecay * weightDecay;
      const slope =
        decay === 0 ? g : write.node('Add', at('slope'), [g, write.node('Mul', at('decay'), [w, write.scalar(decay)])]);
      const step = write.node('Mul', at('step'), [slope, rate]);
      if (rule.momentum === 0) {
        write.node('Sub', nextOf(w), [w, step]);
        return;
      }
      const kept = write.node('Mul', at('kept'), [a, write.scalar(rule.momentum)]);
      write.node('Add', nextOf(w), [w, write.node('Sub', nextOf(a), [kept, step])]);
      return;
    }
    case 'rmsprop': {
      const spread = write.node('Add', at('spread'), [
        write.node('Sqrt', at('root'), [average(a, g, rule.rho)]),
        write.scalar(rule.epsilon),
      ]);
      const step = write.node('Div', at('step'), [write.node('Mul', at('scaled'), [g, rate]), spread]);
      write.node('Sub', nextOf(w), [w, step]);
      return;
    }
    case 'adadelta': {
      const epsilon = write.scalar(rule.epsilon);
      const before = root(at('before'), d, epsilon);
      const now = root(at('now'), average(a, g, rule.rho), epsilon);
      const u = write.node('Div', at('u'), [write.node('Mul', at('scaled'), [g, before]), now]);
      average(d, u, rule.rho);
      write.node('Sub', nextOf(w), [w, write.node('Mul', at('step'), [u, rate])]);
      return;
    }
  }
}

/** min(1, clipNorm / norm of all gradients) */
function clipFactor({ gradients }: TrainingGraph, clipNorm: number, write: Writer): string {
  const squares = gradients.map(({ value }) =>
    write.node('ReduceSumSquare', `${value}:square`, [value], { keepdims: 0 }),
  );
  const norm = write.node('Sqrt', 'clip:norm', [write.node('Sum', 'clip:square', squares)]);
  return write.node('Min', 'clip:factor', [
    write.scalar(1),
    write.node('Div', 'clip:quotient', [write.scalar(clipNorm), norm]),
  ]);
}

/** moving = momentum * moving + (1 - momentum) * value, of a variance with the factor M / max(M - 1, 1) */
function writeStatistics({ statistics, inputs }: TrainingGraph, write: Writer): void {
  for (const { parameter, value, momentum, kind, places } of statistics) {
    let now = value;
    if (kind === 'variance') {
      const batch = batchSize(inputs[0]!.name, parameter, write);
      const count = write.node('Mul', `${parameter}:count`, [batch, write.scalar(places)]);
      const less = write.node('Max', `${parameter}:less`, [
        write.node('Sub', `${parameter}:less.one`, [count, write.scalar(1)]),
        write.scalar(1),
      ]);
      now = write.node('Mul', `${parameter}:unbiased`, [
        value,
        write.node('Div', `${parameter}:factor`, [count, less]),
      ]);
    }
    write.node('Add', nextOf(parameter), [
      write.node('Mul', `${parameter}:kept`, [parameter, write.scalar(momentum)]),
      write.node('Mul', `${parameter}:new`, [now, write.scalar(1 - momentum)]),
    ]);
  }
}
