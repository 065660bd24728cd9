import { type BackendReport, runConformance } from '@alexnet/conformance';
import { alteredBackend, faults, runSelfTest } from '@alexnet/conformance/self-test';
import { buildGraph, seededWeights } from '@alexnet/core';
import { renderReport } from '@alexnet/report';
import { beforeAll, describe, expect, it } from 'vitest';
import { stylesFor } from './colour.ts';
import { conformanceText } from './conformance.ts';
import { selfTestText } from './self-test.ts';

const styles = stylesFor({}, {});
const graph = buildGraph('small', { name: 'input', shape: [3, 13, 11] })
  .conv2d('conv1', 9, 3)
  .relu('relu1')
  .lrn('norm1', { size: 5, alpha: 0.5, beta: 0.75, bias: 1 })
  .flatten('flatten')
  .linear('fc2', 5)
  .softmax('prob')
  .build();
const tensor = {
  shape: [2, 3, 13, 11],
  data: Float32Array.from({ length: 2 * 3 * 13 * 11 }, (_, i) => Math.sin(i * i)),
};

describe("a person who swapped LRN's alpha convention", () => {
  let report: BackendReport;
  beforeAll(async () => {
    const { alteration } = faults.find(({ id }) => id === 'lrn/alpha-not-divided')!;
    report = await runConformance({
      backend: alteredBackend(alteration),
      suites: ['op', 'network'],
      select: ['op/lrn/*', 'network/*'],
      networks: [
        { variant: { id: 'small', graph }, weights: seededWeights(graph, 1), images: [{ name: 'waves', tensor }] },
      ],
      storedNetworks: 0,
    });
  });

  it('reads the cause and the fix once, and the first wrong layer, before the checks', () => {
    const text = conformanceText([report], styles);
    expect(text).toMatch(
      /altered fails \d+ checks\n {2}lrn\/alpha-not-divided: alpha is not divided by size: .*\n {4}explains \d+ of the failed checks; fix: Multiply the sum of squares with alpha \/ size/,
    );
    expect(text.match(/fix:/g)).toHaveLength(1);
    expect(text).toMatch(
      /small on waves: norm1 is the first wrong layer, .* times over its budget; later ones are judged on the right input and pass/,
    );
    expect(text).toMatch(
      /op\/lrn\/caffe\/random: .*\n.*elements are wrong.*\n {4}wrong from \[0, .*\] to \[1, .*\], in 2 of 2 samples\n {4}cause: alpha/,
    );
    expect(text).not.toMatch(/undefined|\[object/);
  });

  it('sees in the report where the error is, as pictures with a description', () => {
    const page = renderReport({ conformance: [report] }, {});
    expect(page).toContain('<b>alpha is not divided by size: the convention of the paper');
    expect(page).toContain('<b>norm1 is the first wrong layer');
    expect(page).toContain('Error over channels, a cell a channel');
    expect(page).toMatch(
      /<desc>network\/small\/waves\/norm1: error over the image\. 11 by 9 cells; \d+ of 99 hold a wrong element\.<\/desc>/,
    );
    expect(page).toMatch(/class="cell e[2-5]"><title>channel 4: [\d,.]+ times its budget<\/title>/);
    expect(page).not.toMatch(/undefined|\[object|(src|href)=|url\(/);
    const count = (pattern: string) => page.match(new RegExp(pattern, 'g'))?.length ?? 0;
    const tags = ['svg', 'figure', 'table', 'details', 'div', 'p', 'li', 'ul', 'b'];
    expect(tags.map((tag) => [tag, count(`<${tag}[ >]`)])).toEqual(tags.map((tag) => [tag, count(`</${tag}>`)]));
  });
});

describe('the table of a self-test', () => {
  const [first, second] = faults;
  it('has a row per fault, and says of correct kernels how close they came', async () => {
    const text = selfTestText(await runSelfTest({ faults: [first!, second!], cases: 12 }), styles);
    expect(text).toMatch(
      /top and bottom padding are swapped +op\/conv2d\/pad-top\/random +conv2d\/pads-top-bottom-swapped +conv1/,
    );
    expect(text).toContain('2 faults: 2 caught, 2 named, 2 at the right layer');
    expect(text).toMatch(
      /Correct float32 kernels on 12 random cases, \d+ judgements: none failed\nThe closest took [\d.]+ % of its budget/,
    );
  });

  it('shows what was missed', async () => {
    const text = selfTestText(await runSelfTest({ faults: [{ ...first!, alteration: {} }], cases: 0 }), styles);
    expect(text).toMatch(
      /missed by op\/conv2d\/pad-top\/random +none, not conv2d\/pads-top-bottom-swapped +none, not y/,
    );
    expect(text).toContain('1 faults: 0 caught, 0 named, 0 at the right layer');
  });
});
