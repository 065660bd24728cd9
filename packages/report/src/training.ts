import type { Preprocessing, Tensor } from '@alexnet/core';
import type { EpochRecord, LossCurve, Metrics } from '@alexnet/training';
import { grid, type Html, html } from './html.ts';
import { confusionPlot } from './plots/confusion.ts';
import { filtersPlot } from './plots/filters.ts';
import { linesPlot } from './plots/lines.ts';
import type { Facts } from './render.ts';
import { style } from './style.ts';

/** What a training came to; each part may be left out. */
export interface TrainingContent {
  readonly title: string;
  /** Names, by label. */
  readonly classes: readonly string[];
  readonly history?: readonly EpochRecord[];
  readonly curve?: LossCurve;
  /** Of the weights that were kept, on the validation set. */
  readonly metrics?: Metrics;
  /** The weights of the first convolution, and the order of its channels. */
  readonly filters?: { readonly weight: Tensor; readonly channels: Preprocessing['channels'] };
}

/** One self-contained HTML page on a training or an evaluation: accuracy first, then curves, mistakes and filters. Loads nothing. */
export function renderTraining(content: TrainingContent, facts: Facts): string {
  const { title, classes, history = [], curve, metrics, filters } = content;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${{ markup: style }}</style></head><body><main>
<h1>${title}</h1>
<p class="lead">${Object.entries(facts)
    .map(([key, value]) => `${key} ${value}`)
    .join(' · ')}</p>
${metrics === undefined ? '' : verdict(metrics)}
${curve === undefined ? '' : lossOverSteps(curve)}
${history.length === 0 ? '' : overEpochs(history)}
${metrics === undefined ? '' : html`<h2>Which classes?</h2>${metrics.confusion.length === 0 ? '' : confusionPlot(metrics.confusion, classes)}${classTable(metrics, classes)}`}
${filters === undefined ? '' : html`<h2>What does it look for?</h2>${filtersPlot(filters.weight, filters.channels)}`}
</main></body></html>
`.markup;
}

function verdict({ samples, top1, top5, loss }: Metrics): Html {
  return html`<p><span class="verdict">${percent(top1)} of ${samples} images right</span>; ${percent(top5)} among the first five; mean loss ${loss.toPrecision(4)}.</p>`;
}

function lossOverSteps({ stride, points }: LossCurve): Html {
  return html`<h2>How did it learn?</h2>${linesPlot({
    title: 'Training loss',
    description: `The mean of every ${stride} steps, each before its update.`,
    along: 'step',
    series: [{ name: 'loss', points: points.map((loss, i) => [(i + 0.5) * stride, loss] as const) }],
  })}`;
}

function overEpochs(history: readonly EpochRecord[]): Html {
  const of = (value: (record: EpochRecord) => number | undefined) =>
    history.flatMap((record) => {
      const own = value(record);
      return own === undefined ? [] : [[record.epoch + 1, own] as const];
    });
  const both = (name: string, training: ReturnType<typeof of>, validation: ReturnType<typeof of>) =>
    [
      { name: `training ${name}`, points: training },
      { name: `validation ${name}`, points: validation },
    ].filter(({ points }) => points.length > 0);
  return html`${linesPlot({
    title: 'Loss of each epoch',
    description: 'Training loss with penalties and dropout, over the epoch; validation loss at its end.',
    along: 'epoch',
    series: both(
      'loss',
      of(({ training }) => training.loss),
      of(({ validation }) => validation?.loss),
    ),
  })}${linesPlot({
    title: 'Accuracy of each epoch',
    description: 'Share of images whose class came first.',
    along: 'epoch',
    series: both(
      'accuracy',
      of(({ training }) => training.accuracy),
      of(({ validation }) => validation?.top1),
    ),
  })}`;
}

function classTable({ perClass }: Metrics, classes: readonly string[]): Html {
  return html`<h3>Each class</h3>${grid(
    ['class', 'images', 'right', 'of its images', 'of what was taken for it'],
    perClass.map(({ samples, correct, predicted }, i) => [
      classes[i]!,
      samples,
      correct,
      samples === 0 ? '' : percent(correct / samples),
      predicted === 0 ? '' : percent(correct / predicted),
    ]),
  )}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
