import { expect, it } from 'vitest';
import { judgement } from './judgement.ts';

it.each([
  { why: 'nothing of too few images', heldOut: undefined, says: /nobody can say: that takes at least 5 images/ },
  { why: 'a guess of few', heldOut: { right: 3, images: 4 }, says: /3 of 4 right \(75 %\).* rough guess/ },
  {
    why: 'a share of many',
    heldOut: { right: 39, images: 40 },
    says: /39 of 40 right \(98 %\)[^.]*learned from all\.$/,
  },
])('says $why', ({ heldOut, says }) => {
  expect(judgement({ images: 9, classes: 2, heldOut })).toMatch(says);
});
