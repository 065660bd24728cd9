import { costOf, createVariant } from '@alexnet/core';
import { type Html, html, numbers } from '../html.ts';
import { figure, label, px } from './figure.ts';

const WIDTH = 960;
const LEFT = 190;
const ROW = 40;

/** Where the work of a network is: the share of each layer in multiply-accumulates (large batches) and in weight bytes (batch 1). */
export function workPlot(variant: string): Html {
  const cost = costOf(createVariant(variant).graph);
  const layers = cost.nodes.filter(({ macs }) => macs > 0);
  const kinds = [...new Set(layers.map(({ op }) => op))];
  const measures = [
    { title: 'multiply-accumulates', of: (i: number) => layers[i]!.macs, total: cost.macs },
    { title: 'weight bytes', of: (i: number) => layers[i]!.weightBytes, total: cost.weightBytes },
  ];
  const span = WIDTH - LEFT - 12;
  const bars = measures.map(({ title, of, total }, row) => {
    let done = 0;
    const pieces = layers.map(({ name, op }, i) => {
      const share = of(i) / total;
      const from = LEFT + done * span;
      done += share;
      const text = share > 0.05 ? label(from + (share * span) / 2, row * ROW + 22, name, 'middle', 'inside') : '';
      return html`<rect x="${px(from)}" y="${row * ROW + 4}" width="${px(share * span)}" height="${ROW - 12}" class="bar edge p${kinds.indexOf(op) % 4}"><title>${name}: ${(100 * share).toFixed(1)} %</title></rect>${text}`;
    });
    return html`${label(LEFT - 10, row * ROW + 22, title, 'end')}${pieces}`;
  });
  return html`${figure(
    {
      title: `${variant}: where the work is`,
      description:
        'The share of each layer in arithmetic, which bounds large batches, and in weight bytes, which bound one image at a time.',
      width: WIDTH,
      height: measures.length * ROW,
    },
    bars,
    kinds.map((name, i) => ({ name, style: `p${i % 4}` })),
  )}<p class="note">Counted from the graph.</p>${numbers(
    ['layer', 'multiply-accumulates', 'share', 'weight bytes', 'share'],
    layers.map(({ name, macs, weightBytes }) => [
      name,
      macs.toLocaleString('en'),
      `${((100 * macs) / cost.macs).toFixed(1)} %`,
      weightBytes.toLocaleString('en'),
      `${((100 * weightBytes) / cost.weightBytes).toFixed(1)} %`,
    ]),
  )}`;
}
