import { describe, expect, it } from 'vitest';
import { splitSet } from './split-set.ts';

const items = Array.from({ length: 34 }, (_, i) => ({ path: `${i}.jpg`, label: i < 20 ? 0 : i < 33 ? 1 : 2 }));
const set = { classes: ['many', 'fewer', 'single'], items };
const labels = (part: typeof set) =>
  part.classes.map((_, label) => part.items.filter((item) => item.label === label).length);

describe('a split', () => {
  it('has the same share of every class in both, all of the set once, in its order', () => {
    const { training, validation } = splitSet(set, { fraction: 0.3, seed: 4 });
    expect([labels(training), labels(validation)]).toEqual([
      [14, 9, 1],
      [6, 4, 0],
    ]);
    const places = (part: typeof set) => part.items.map((item) => items.indexOf(item));
    for (const part of [training, validation]) expect(places(part)).toEqual(places(part).toSorted((a, b) => a - b));
    expect([...places(training), ...places(validation)].sort((a, b) => a - b)).toEqual(items.map((_, i) => i));
  });

  it('follows from the seed', () => {
    const chosen = (seed: number) => splitSet(set, { fraction: 0.3, seed }).validation;
    expect(chosen(4)).toEqual(chosen(4));
    expect(chosen(4)).not.toEqual(chosen(5));
  });

  it.each([0.001, 0.999])('has some of every class in both, for a fraction of %d', (fraction) => {
    const { training, validation } = splitSet(set, { fraction, seed: 1 });
    expect(Math.min(...labels(training).slice(0, 2), ...labels(validation).slice(0, 2))).toBe(1);
  });

  it.each([0, 1, -0.5, Number.NaN])('refuses a fraction of %d', (fraction) => {
    expect(() => splitSet(set, { fraction, seed: 1 })).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});
