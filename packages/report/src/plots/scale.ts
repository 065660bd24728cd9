/** A position in pixels for a value. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** Powers of ten from `low` to `high`, which are widened to whole powers; smaller values sit on the lower edge. */
export function logScale(low: number, high: number, from: number, to: number): Scale {
  const first = Math.floor(Math.log10(low));
  const last = Math.max(first + 1, Math.ceil(Math.log10(high)));
  return {
    at: (value) => {
      const decades = Math.min(last, Math.max(first, Math.log10(value)));
      return from + ((decades - first) / (last - first)) * (to - from);
    },
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
  };
}

/** From 0 to a round number above `high`, with about five ticks. */
export function linearScale(high: number, from: number, to: number): Scale {
  const rough = Math.max(high, Number.MIN_VALUE) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const count = Math.max(1, Math.ceil(high / step - 1e-9));
  return {
    at: (value) => from + (value / (count * step)) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, i) => i * step),
  };
}

/** A number as short as it can be read: 0.01, 35, 1,200, 1e-4. */
export function short(value: number): string {
  if (value === 0) return '0';
  if (value < 1e-3) return value.toExponential(0);
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
