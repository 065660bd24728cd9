import type { OpName } from '@alexnet/core';
import { type DataSetName, dataSets } from '../data/data.ts';
import type { OpCase } from '../ops/case.ts';
import { opCases } from '../ops/index.ts';
import { derived, type GradientRow } from './case.ts';
import { gradientDataSets } from './data.ts';

/** On which data of the op database gradients are judged: random, and what the op's gradients are likely to be wrong on. */
const chosen: Readonly<Record<OpName, readonly DataSetName[]>> = {
  conv2d: ['random', 'thirds'],
  linear: ['random', 'thirds'],
  relu: ['random', 'signed'],
  lrn: ['random', 'large', 'zeros'],
  maxPool2d: ['random', 'negative'],
  adaptiveAvgPool2d: ['random', 'thirds'],
  batchNorm: ['random'],
  pad2d: ['random'],
  flatten: ['random'],
  dropout: ['random'],
  softmax: ['random', 'wide'],
};

const ordinary = opCases.filter(({ precision }) => precision === 'f32');
const isRandom = ({ data }: OpCase) => data === dataSets.random;
const isTail = ({ id }: OpCase) => /\/[a-z-]+-\d+\/random$/.test(id);

/** Rows for which whole numbers say more: sums, and windows with several maxima. */
const onWholeNumbers = ordinary
  .filter((each) => ['conv2d', 'linear', 'maxPool2d'].includes(each.op) && isRandom(each) && !isTail(each))
  .map((each): GradientRow => {
    const row = derived(each);
    const data = gradientDataSets.whole;
    return { ...row, id: `${row.id}/whole`, data, why: `${row.why}; ${data.why}` };
  });

/** Of batch norm whose scale and bias are frozen: it normalises by its own statistics then. */
const frozen = ordinary
  .filter(({ op, data }) => op === 'batchNorm' && (data === dataSets.random || data === dataSets.tinyVariance))
  .map((each): GradientRow => {
    const row = derived(each);
    return {
      ...row,
      id: row.id.replace(/^(gradient\/batchNorm\/[^/]+)/, '$1-frozen'),
      title: row.title.replace('gradients of batchNorm', 'gradient of frozen batchNorm'),
      options: { trainable: [] },
    };
  });

/** The gradients of every row of the op database. */
export const derivedRows: readonly GradientRow[] = [
  ...ordinary
    .filter(({ op, data }) => chosen[op].some((name) => data === dataSets[name]))
    .map((opCase) => derived(opCase)),
  ...onWholeNumbers,
  ...frozen,
];
