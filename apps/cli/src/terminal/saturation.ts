import { type BenchmarkReport, labelOf } from '@alexnet/benchmark';
import type { Styles } from './colour.ts';

/** At which batch each candidate comes near its highest throughput, a line each; nothing where that was not looked for. */
export function saturationText(
  { saturations = [] }: Pick<BenchmarkReport, 'saturations'>,
  variant: string,
  styles: Styles,
): string[] {
  const found = saturations.filter((record) => record.variant === variant);
  if (found.length === 0) return [];
  return [
    ...found.map((record) => {
      const most = Math.max(...record.steps.map(({ imagesPerSecond }) => imagesPerSecond));
      return `${labelOf(record)} is saturated at batch ${styles.bold(String(record.batch))}: ${record.imagesPerSecond.toFixed(1)} of at most ${most.toFixed(1)} images/s ${styles.dim(`(${record.ended})`)}`;
    }),
    '',
  ];
}
