import type { TrainingEvent } from '@alexnet/training';

type Event<K extends TrainingEvent['kind']> = Extract<TrainingEvent, { kind: K }>;

/** What stands beside the bar while steps run; 80 columns have room for all but the rate. */
export function stepLabel(event: Event<'step'>, epochs: number): string {
  const { epoch, loss, accuracy, learningRate, imagesPerSecond } = event;
  const speed = imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : imagesPerSecond.toFixed(0);
  return `epoch ${epoch + 1}/${epochs}  loss ${loss.toFixed(3)}  accuracy ${percent(accuracy)}  ${speed} images/s  rate ${shortRate(learningRate)}`;
}

/** One line for an epoch that is over. */
export function epochLine({ record, best }: Event<'epoch'>, epochs: number): string {
  const { epoch, training, validation } = record;
  const own = `epoch ${String(epoch + 1).padStart(String(epochs).length)}/${epochs}  loss ${training.loss.toFixed(4)}  accuracy ${percent(training.accuracy)}`;
  if (validation === undefined) return own;
  return `${own}  validation: loss ${validation.loss.toFixed(4)}  top-1 ${percent(validation.top1)}  top-5 ${percent(validation.top5)}${best ? '  best' : ''}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function shortRate(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
