import { AlexNetError, showShape, type Tensor } from '@alexnet/core';

export interface ClassMetrics {
  readonly samples: number;
  readonly correct: number;
  /** How many samples were taken for this class. */
  readonly predicted: number;
}

/** How well a network does on labelled samples. Plain data. */
export interface Metrics {
  readonly samples: number;
  /** Mean cross-entropy, natural logarithm, without smoothing or penalties. */
  readonly loss: number;
  /** Share of samples whose class has the highest score, and one of the five highest. Of equal scores the first counts as higher. */
  readonly top1: number;
  readonly top5: number;
  readonly perClass: readonly ClassMetrics[];
  /** `confusion[label][predicted]`; empty for more than 4096 classes, whose squares are larger than sets. */
  readonly confusion: readonly (readonly number[])[];
}

/** What the outputs of a network are: the softmax already, or what it would read. */
export type OutputKind = 'probabilities' | 'logits';

export interface Tally {
  /** Scores [N, classes] and N labels. Errors: `invalid-input`. */
  add(scores: Tensor, labels: ArrayLike<number>): void;
  /** Of all that was added; `loss`, `top1` and `top5` of nothing are NaN. */
  metrics(): Metrics;
}

/** The smallest float32: what underflowed to 0 costs 103, not infinity. */
const SMALLEST = 2 ** -149;

const MOST_CONFUSED = 4096;

/** Counts hits and sums losses, batch by batch, in float64. */
export function createTally(classes: number, output: OutputKind): Tally {
  const perClass = Array.from({ length: classes }, () => ({ samples: 0, correct: 0, predicted: 0 }));
  const side = classes <= MOST_CONFUSED ? classes : 0;
  const confusion = new Uint32Array(side * side);
  let samples = 0;
  let loss = 0;
  let top5 = 0;
  return {
    add({ shape, data }, labels) {
      if (shape.length !== 2 || shape[0] !== labels.length || shape[1] !== classes) {
        throw new AlexNetError({
          code: 'invalid-input',
          message: `Scores of ${labels.length} samples and ${classes} classes cannot have the shape ${showShape(shape)}`,
          where: 'scores',
        });
      }
      for (let n = 0; n < labels.length; n++) {
        const own = data.subarray(n * classes, (n + 1) * classes);
        const label = labels[n]!;
        checkLabel(label, classes);
        const predicted = highest(own);
        perClass[label]!.samples++;
        perClass[predicted]!.predicted++;
        if (predicted === label) perClass[label]!.correct++;
        if (side > 0) confusion[label * side + predicted]!++;
        if (rankOf(own, label) < 5) top5++;
        loss += output === 'logits' ? crossEntropy(own, label) : -Math.log(Math.max(own[label]!, SMALLEST));
        samples++;
      }
    },
    metrics() {
      const top1 = perClass.reduce((sum, { correct }) => sum + correct, 0);
      return {
        samples,
        loss: loss / samples,
        top1: top1 / samples,
        top5: top5 / samples,
        perClass: perClass.map((own) => ({ ...own })),
        confusion: Array.from({ length: side }, (_, label) => [
          ...confusion.subarray(label * side, (label + 1) * side),
        ]),
      };
    },
  };
}

/** How many of the samples have their class on top. */
export function countHits({ shape: [, classes = 0], data }: Tensor, labels: ArrayLike<number>): number {
  let hits = 0;
  for (let n = 0; n < labels.length; n++) {
    if (highest(data.subarray(n * classes, (n + 1) * classes)) === labels[n]) hits++;
  }
  return hits;
}

/** The first of the largest values; NaN is no value. */
function highest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[best]! || (Number.isNaN(values[best]!) && !Number.isNaN(values[i]!))) best = i;
  }
  return best;
}

/** How many classes come before one, in the order of `topK`. */
function rankOf(values: Float32Array, label: number): number {
  const own = values[label]!;
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const higher = Number.isNaN(own) ? !Number.isNaN(value) : value > own;
    const equal = Number.isNaN(own) ? Number.isNaN(value) : value === own;
    if (higher || (equal && i < label)) before++;
  }
  return before;
}

/** log(sum exp(s)) - s of the label, with the largest taken out. */
function crossEntropy(scores: Float32Array, label: number): number {
  const largest = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0);
  return largest + Math.log(sum) - scores[label]!;
}

function checkLabel(label: number, classes: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classes) return;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `The label ${label} is no class: there are ${classes}`,
    where: 'labels',
  });
}
