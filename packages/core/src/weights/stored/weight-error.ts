/*
 * What storing a weight costs. With e = w' - w, the restored value minus the original, over all elements:
 *
 *     rmse     = sqrt(mean e^2)
 *     relative = sqrt(sum e^2 / sum w^2)
 *     snrDb    = -20 log10(relative)
 *     output   = sqrt(sum h e^2 / sum h w^2)      h: the mean square of the input that the element multiplies
 *
 * `output` is the relative error of the layer's outputs (before the bias, over all outputs and samples) where its inputs are uncorrelated;
 * correlated inputs make it larger or smaller.
 */

export interface WeightError {
  /** Root mean square error, in the unit of the weight. */
  readonly rmse: number;
  /** Root mean square error over root mean square weight; 0 where nothing is lost. */
  readonly relative: number;
  /** Signal to noise, decibels; left out where there is no noise, or no signal. */
  readonly snrDb?: number;
  /** The largest error of an element. */
  readonly max: number;
  /** The relative error of the layer's outputs, where something is known of its inputs. */
  readonly output?: number;
}

/** Adds up the error of a weight that is seen row by row. */
export interface ErrorSum {
  /** Whole rows: original and restored values, of the same length. */
  add(original: Float32Array, restored: Float32Array): void;
  result(): WeightError;
}

/** `importance` is the mean square of each input, [in]; it repeats with every row. */
export function errorSum(importance?: Float32Array): ErrorSum {
  let count = 0;
  let noise = 0;
  let signal = 0;
  let largest = 0;
  let outputNoise = 0;
  let outputSignal = 0;
  return {
    add(original, restored) {
      count += original.length;
      let feature = 0;
      for (let i = 0; i < original.length; i++) {
        const value = original[i]!;
        const error = restored[i]! - value;
        const square = error * error;
        noise += square;
        signal += value * value;
        if (square > largest) largest = square;
        if (importance === undefined) continue;
        const weight = importance[feature]!;
        if (++feature === importance.length) feature = 0;
        outputNoise += weight * square;
        outputSignal += weight * value * value;
      }
    },
    result() {
      const relative = ratio(noise, signal);
      return {
        rmse: count === 0 ? 0 : Math.sqrt(noise / count),
        relative,
        ...(relative > 0 ? { snrDb: -20 * Math.log10(relative) } : {}),
        max: Math.sqrt(largest),
        ...(importance === undefined ? {} : { output: ratio(outputNoise, outputSignal) }),
      };
    },
  };
}

/** The error of a stored weight [out, in] against the original. Both are finite and have the same length. */
export function weightError(original: Float32Array, restored: Float32Array, importance?: Float32Array): WeightError {
  const sum = errorSum(importance);
  sum.add(original, restored);
  return sum.result();
}

/** The root of a ratio of squares. Without a signal nothing can be lost but zeros, which every precision keeps. */
function ratio(noise: number, signal: number): number {
  return noise === 0 || signal === 0 ? 0 : Math.sqrt(noise / signal);
}
