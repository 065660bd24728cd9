import type { ErrorMap } from './diagnosis.ts';
import type { Subject } from './mistake.ts';

/** What wrong elements have in common where no known mistake explains them: a hint for people, and no more. */
export function patternOf(
  { got, want, allowed }: Pick<Subject, 'got' | 'want' | 'allowed'>,
  map: ErrorMap,
  isWrong: (i: number) => boolean,
): string {
  const wrong: number[] = [];
  for (let i = 0; i < want.data.length; i++) if (isWrong(i)) wrong.push(i);
  const all = (test: (g: number, w: number) => boolean) => wrong.every((i) => test(got.data[i]!, want.data[i]!));
  const share = map.wrong / map.elements;
  const where = placesOf(map);

  if (all((g) => Number.isNaN(g))) return `The wrong elements are NaN${where}`;
  if (all((g) => g === 0)) return `The wrong elements are 0: not computed${where}`;
  const factor = constantOf(
    wrong.map((i) => got.data[i]! / want.data[i]!),
    1,
  );
  if (factor !== undefined && share > 0.5)
    return `The wrong elements are ${timesText(factor)} what they should be${where}`;
  const offset = constantOf(
    wrong.map((i) => got.data[i]! - want.data[i]!),
    0,
  );
  if (offset !== undefined && share > 0.5) return `The wrong elements are off by ${offset.toPrecision(4)}${where}`;
  const relative = Math.sqrt(
    mean(wrong.map((i) => ((got.data[i]! - want.data[i]!) / (Math.abs(want.data[i]!) || 1)) ** 2)),
  );
  if (typeof allowed !== 'string' && relative < 2 ** -7 && wrong.length > 8) {
    const bits = Math.round(-Math.log2(relative));
    return `Looks like rounding: elements are off by about 2^-${bits} of themselves${relative > 2 ** -14 ? ', as in half precision' : ''}${where}`;
  }
  return `No known mistake explains it: ${percent(share)} of the elements are wrong${where}`;
}

function placesOf({ samples, batch, cells, wrong, elements }: ErrorMap): string {
  if (wrong === elements) return '';
  if (batch > 1 && samples.length < batch && batch <= 32)
    return `, in ${samples.length === 1 ? 'sample' : 'samples'} ${list(samples)} of ${batch} only`;
  const channels = cells.find(({ of }) => of === 'channels' || of === 'features');
  if (channels !== undefined && channels.perCell[0] === 1) {
    const bad = channels.worst.flatMap((ratio, c) => (Number(ratio) > 1 ? [c] : []));
    if (bad.length < channels.worst.length && bad.length <= 8) return `, in ${channels.of} ${list(bad)} only`;
  }
  const space = cells.find(({ of }) => of === 'space');
  if (space !== undefined) {
    const bad = space.worst.flatMap((ratio, at) => (Number(ratio) > 1 ? [at] : []));
    const rows = new Set(bad.map((at) => Math.floor(at / space.cols)));
    const cols = new Set(bad.map((at) => at % space.cols));
    if (rows.size === 1 && space.rows > 1) return `, in row ${[...rows][0]! * space.perCell[0]!} of the image only`;
    if (cols.size === 1 && space.cols > 1) return `, in column ${[...cols][0]! * space.perCell[1]!} of the image only`;
  }
  return '';
}

/** Near 1 the digits that matter are those of the difference. */
function timesText(factor: number): string {
  const off = factor - 1;
  return Math.abs(off) < 0.01
    ? `1 ${off < 0 ? '-' : '+'} ${Math.abs(off).toPrecision(3)} times`
    : `${factor.toPrecision(4)} times`;
}

/** The number that all are, up to a hundredth of how far it is from `neutral`; undefined where there is none. */
function constantOf(values: readonly number[], neutral: number): number | undefined {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 4 || finite.length < 0.95 * values.length) return undefined;
  const middle = finite.toSorted((a, b) => a - b)[Math.floor(finite.length / 2)]!;
  const near = finite.filter((value) => Math.abs(value - middle) <= 1e-2 * Math.abs(middle - neutral));
  return middle !== neutral && near.length >= 0.95 * finite.length ? middle : undefined;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
const list = (numbers: readonly number[]) => numbers.slice(0, 8).join(', ') + (numbers.length > 8 ? ', ...' : '');
const percent = (share: number) => `${share >= 0.1 ? (100 * share).toFixed(0) : (100 * share).toPrecision(2)} %`;
