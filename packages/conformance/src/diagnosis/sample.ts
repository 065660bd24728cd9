/** Elements that mistakes are tried on: wrong ones, which a mistake must reproduce, and right ones, which it must leave right. */
export interface Sample {
  readonly wrong: readonly number[];
  readonly right: readonly number[];
}

/** At most `most` elements, two thirds of them wrong where there are enough, spread over all. Deterministic. */
export function sampleOf(isWrong: (i: number) => boolean, elements: number, most: number): Sample {
  const [wrong, right]: [number[], number[]] = [[], []];
  for (let i = 0; i < elements; i++) (isWrong(i) ? wrong : right).push(i);
  const share = Math.ceil((2 * most) / 3);
  const ofWrong = Math.max(share, most - right.length);
  return { wrong: spread(wrong, ofWrong), right: spread(right, Math.max(most - share, most - wrong.length)) };
}

/** The golden ratio hits no row, column or channel more often than others; first and last are always among them. */
function spread(all: readonly number[], most: number): number[] {
  if (all.length <= most) return [...all];
  const chosen = new Set([0, all.length - 1]);
  for (let k = 1; chosen.size < most; k++) chosen.add(Math.floor(((k * 0.6180339887498949) % 1) * all.length));
  return [...chosen].map((at) => all[at]!);
}
