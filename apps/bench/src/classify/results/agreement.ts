/** What a backend says of the image at hand. */
export interface Opinion {
  readonly backend: string;
  readonly probabilities: Float64Array;
}

/** Whether backends say the same, as a sentence; undefined where there is nothing to compare. */
export function agreementOf(opinions: readonly Opinion[], nameOf: (index: number) => string): string | undefined {
  const [first, ...others] = opinions;
  if (first === undefined || others.length === 0) return undefined;
  const firsts = opinions.map(({ probabilities }) => firstClass(probabilities));
  if (new Set(firsts).size > 1) {
    const said = opinions.map(({ backend }, i) => `${backend} says ${nameOf(firsts[i]!)}`);
    return `The first classes differ: ${said.join(', ')}.`;
  }
  if (firsts[0] === -1) return 'No probability is a number, on any of them.';
  const apart = Math.max(...others.map((other) => largestDifference(first.probabilities, other.probabilities)));
  const count = opinions.length === 2 ? 'both' : `all ${opinions.length}`;
  return `The same first class on ${count}; probabilities differ by at most ${exponential(apart)}.`;
}

/** The index of the largest; -1 where none is a number. */
function firstClass(probabilities: Float64Array): number {
  return probabilities.reduce((best, p, i) => (p > (probabilities[best] ?? -1) ? i : best), -1);
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, p, i) => Math.max(largest, Math.abs(p - b[i]!)), 0);
}

function exponential(value: number): string {
  return value === 0 ? '0' : value.toExponential(0);
}
