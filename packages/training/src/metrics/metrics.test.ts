import { describe, expect, it } from 'vitest';
import { meanOfCrops } from './mean-of-crops.ts';
import { countHits, createTally } from './tally.ts';

const scoresOf = (...rows: readonly (readonly number[])[]) => ({
  shape: [rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flat()),
});

describe('a tally', () => {
  const rows = [
    { why: 'right', label: 2, scores: [0, 1, 9, 2, 3, 4, 5], top1: 1, top5: 1 },
    { why: 'fifth', label: 3, scores: [9, 8, 7, 5, 1, 6, 0], top1: 0, top5: 1 },
    { why: 'sixth', label: 4, scores: [9, 8, 7, 5, 1, 6, 0], top1: 0, top5: 0 },
    { why: 'equal to the fifth, and after it', label: 6, scores: [9, 8, 7, 6, 5, 0, 5], top1: 0, top5: 0 },
    { why: 'equal to the highest, and before it', label: 1, scores: [0, 9, 9, 0, 0, 0, 0], top1: 1, top5: 1 },
    { why: 'not a number', label: 0, scores: [Number.NaN, 1, 2, 3, 4, 5, 6], top1: 0, top5: 0 },
    { why: 'the only number', label: 5, scores: [...Array(5).fill(Number.NaN), -9, Number.NaN], top1: 1, top5: 1 },
  ];

  it.each(rows)('counts a class that is $why', ({ label, scores, top1, top5 }) => {
    const tally = createTally(7, 'logits');
    tally.add(scoresOf(scores), [label]);
    expect(tally.metrics()).toMatchObject({ samples: 1, top1, top5 });
    expect(countHits(scoresOf(scores), [label])).toBe(top1);
  });

  const logits = scoresOf([1, 3, 0], [2, 0, 1], [0, 4, 1]);
  const labels = [1, 2, 1];

  it('has the same loss for logits and for their softmax', () => {
    const softmax = scoresOf(
      ...[0, 1, 2].map((n) => {
        const e = [...logits.data.subarray(3 * n, 3 * n + 3)].map(Math.exp);
        return e.map((value) => value / (e[0]! + e[1]! + e[2]!));
      }),
    );
    const [a, b] = [createTally(3, 'logits'), createTally(3, 'probabilities')];
    a.add(logits, labels);
    b.add(softmax, labels);
    expect(a.metrics().loss).toBeCloseTo(0.547779, 6);
    expect(b.metrics().loss).toBeCloseTo(a.metrics().loss, 6);
  });

  it('says which class was taken for which, over several batches', () => {
    const tally = createTally(3, 'logits');
    tally.add(logits, labels);
    tally.add(scoresOf([0, 0, 1]), [0]);
    expect(tally.metrics()).toMatchObject({
      samples: 4,
      top1: 0.5,
      top5: 1,
      confusion: [
        [0, 0, 1],
        [0, 2, 0],
        [1, 0, 0],
      ],
      perClass: [
        { samples: 1, correct: 0, predicted: 1 },
        { samples: 2, correct: 2, predicted: 2 },
        { samples: 1, correct: 0, predicted: 1 },
      ],
    });
  });

  it('keeps scores of hundreds finite, and a probability of 0', () => {
    const large = createTally(2, 'logits');
    large.add(scoresOf([800, 0]), [1]);
    expect(large.metrics().loss).toBe(800);
    const none = createTally(2, 'probabilities');
    none.add(scoresOf([1, 0]), [1]);
    expect(none.metrics().loss).toBeCloseTo(149 * Math.LN2, 10);
  });

  it.each([
    { why: 'other classes', scores: scoresOf([1, 2]), labels: [0], says: 'cannot have the shape 1x2' },
    { why: 'other samples', scores: scoresOf([1, 2, 3]), labels: [0, 1], says: 'Scores of 2 samples' },
    { why: 'a label that is no class', scores: scoresOf([1, 2, 3]), labels: [3], says: 'label 3 is no class' },
  ])('refuses $why', ({ scores, labels: given, says }) => {
    expect(() => createTally(3, 'logits').add(scores, given)).toThrow(says);
  });
});

describe('the mean of crops', () => {
  it('is over the crops of each image', () => {
    const mean = meanOfCrops(scoresOf([0.25, 0.75], [0.75, 0.25], [0.5, 0.5], [0, 1], [1, 0], [0.5, 0.5]), 3);
    expect(mean.shape).toEqual([2, 2]);
    expect([...mean.data]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect([...meanOfCrops(scoresOf([0.25, 0.75], [0.75, 0.25], [1, 0], [0.5, 0.5]), 2).data]).toEqual([
      0.5, 0.5, 0.75, 0.25,
    ]);
  });

  it('refuses rows that are no whole images', () => {
    expect(() => meanOfCrops(scoresOf([1, 0], [1, 0], [1, 0]), 2)).toThrow('cannot have the shape 3x2');
  });
});
