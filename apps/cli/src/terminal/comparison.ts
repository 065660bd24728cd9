import { type Change, labelOf, type RunComparison } from '@alexnet/benchmark';
import type { Styles } from './colour.ts';
import { table } from './table.ts';

/** Two runs beside each other, for people: a table per network, then what was lost and how sure this is. */
export function comparisonText({ changes, lost, notes }: RunComparison, styles: Styles): string {
  const variants = [...new Set(changes.map(({ variant }) => variant))];
  return [
    ...variants.flatMap((variant) => [
      styles.bold(variant),
      table(
        changes.filter((change) => change.variant === variant).map((change) => row(change, styles)),
        { right: ['batch', 'before ms', 'now ms', 'times as fast', 'interval'], styles },
      ),
      '',
    ]),
    ...lost.map((refusal) =>
      styles.bad(`${labelOf(refusal)} was timed on ${refusal.variant} before, and is refused now: ${refusal.reason}`),
    ),
    ...notes.map((note) => styles.warn(note)),
  ].join('\n');
}

function row(change: Change, styles: Styles): Record<string, string> {
  const { batch, phase, beforeMs, afterMs, relativeTo, ratio, ciLow, ciHigh, verdict, regressed } = change;
  const shown = {
    faster: styles.good,
    slower: regressed ? styles.bad : styles.warn,
    'no difference shown': styles.dim,
  };
  return {
    candidate: labelOf(change),
    batch: String(batch),
    phase,
    'before ms': ms(beforeMs),
    'now ms': ms(afterMs),
    'times as fast': ratio.toFixed(2),
    interval: ciLow === undefined || ciHigh === undefined ? 'timed once' : `${ciLow.toFixed(2)} - ${ciHigh.toFixed(2)}`,
    beside: relativeTo ?? '',
    verdict: shown[verdict](verdict),
  };
}

function ms(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
