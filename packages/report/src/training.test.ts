import { describe, expect, it } from 'vitest';
import { filtersPlot } from './plots/filters.ts';
import { renderTraining } from './training.ts';

const metrics = {
  samples: 6,
  loss: 0.5,
  top1: 5 / 6,
  top5: 1,
  perClass: [
    { samples: 4, correct: 3, predicted: 3 },
    { samples: 2, correct: 2, predicted: 3 },
  ],
  confusion: [
    [3, 1],
    [0, 2],
  ],
};

describe('the page of a training', () => {
  const page = renderTraining(
    {
      title: 'cats <and> dogs',
      classes: ['cat', '<dog>'],
      history: [
        {
          epoch: 0,
          step: 3,
          learningRate: 0.1,
          training: { loss: 2, accuracy: 0.5 },
          validation: { loss: 1, top1: 0.25, top5: 1 },
        },
        {
          epoch: 1,
          step: 6,
          learningRate: 0.1,
          training: { loss: 1, accuracy: 0.75 },
          validation: { loss: 0.5, top1: 5 / 6, top5: 1 },
        },
      ],
      curve: { stride: 2, points: [3, 2, 1], rest: [] },
      metrics,
      filters: {
        weight: { shape: [2, 3, 1, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) },
        channels: 'RGB',
      },
    },
    { Node: '20' },
  );

  it('says how good it is', () => {
    expect(page).toContain('83.3 % of 6 images right');
    expect(page).toMatch(/validation accuracy, epoch 2: 0.8333/);
    expect(page).toMatch(/loss, step 5: 1.000/); // the middle of steps 4 and 5
  });

  it('says which class was taken for which', () => {
    expect(page).toContain('cat taken for &lt;dog&gt;: 1 of 4');
    expect(page).toMatch(/<td>75.0 %<\/td><td>100.0 %<\/td>/);
  });

  it('escapes names, and loads nothing', () => {
    expect(page).toContain('<h1>cats &lt;and&gt; dogs</h1>');
    expect(page).not.toMatch(/<(script|link)|(src|href)="http/);
  });

  it('leaves out what there is not', () => {
    const bare = renderTraining({ title: 'none', classes: ['a', 'b'] }, {});
    expect(bare).not.toMatch(/<svg|<h2|<img/);
  });
});

describe('filters', () => {
  const pixels = (url: string) => Uint8Array.from(atob(url.split(',')[1]!), (c) => c.charCodeAt(0)).subarray(54);
  const urlOf = (channels: 'RGB' | 'BGR') => {
    const weight = { shape: [1, 3, 1, 2], data: Float32Array.of(0, 1, 0, 0, 1, 1) };
    return /src="([^"]+)"/.exec(filtersPlot(weight, channels).markup)![1]!;
  };

  it.each([
    // planes (0, 1), (0, 0), (1, 1) of two pixels, in the file as blue, green, red
    { channels: 'RGB' as const, bytes: [255, 0, 0, 255, 0, 255, 255, 255] },
    { channels: 'BGR' as const, bytes: [0, 0, 255, 255, 0, 255, 255, 255] },
  ])('are drawn in the order of $channels', ({ channels, bytes }) => {
    expect([...pixels(urlOf(channels))]).toEqual(bytes);
  });

  it('of other than one or three channels are left out', () => {
    expect(filtersPlot({ shape: [2, 4, 1, 1], data: new Float32Array(8) }, 'RGB').markup).toBe('');
  });
});
