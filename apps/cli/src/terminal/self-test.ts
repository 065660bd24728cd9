import type { SelfTestEntry, SelfTestReport } from '@alexnet/conformance/self-test';
import type { Styles } from './colour.ts';
import { table } from './table.ts';

/** What became of every fault, for people: caught by which check, named as what, blamed on which layer. */
export function selfTestText(report: SelfTestReport, styles: Styles): string {
  const { faults, caught, named, rightLayer, soundness } = report;
  const rows = report.entries.map((entry) => ({
    fault: entry.name,
    'caught by': entry.caught ? entry.caughtBy : styles.bad(`missed by ${entry.caughtBy}`),
    'named cause': causeOf(entry, styles),
    layer: layerOf(entry, styles),
  }));
  const counts = [
    `${faults} faults: ${count(caught, faults, styles)} caught, ${count(named, faults, styles)} named, ${count(rightLayer, faults, styles)} at the right layer`,
  ];
  return [table(rows, { right: [], styles }), '', ...counts, ...soundnessText(soundness, styles)].join('\n');
}

function causeOf({ named, cause, expected }: SelfTestEntry, styles: Styles): string {
  if (named) return cause!.id;
  return styles.bad(`${cause?.id ?? 'none'}, not ${expected}`);
}

function layerOf({ blame, rightLayer }: SelfTestEntry, styles: Styles): string {
  if (blame === undefined) return '';
  return rightLayer ? blame.layer : styles.bad(`${blame.failed.join(', ') || 'none'}, not ${blame.layer}`);
}

function count(found: number, all: number, styles: Styles): string {
  return found === all ? styles.good(String(found)) : styles.warn(String(found));
}

function soundnessText(soundness: SelfTestReport['soundness'], styles: Styles): string[] {
  if (soundness === undefined) return [];
  const { inference, gradients, trainings } = soundness;
  const [closest] = inference.tightest;
  const verdict = (failed: number) => (failed === 0 ? styles.good('none failed') : styles.bad(`${failed} failed`));
  return [
    `Correct float32 kernels on ${inference.cases} random cases, ${inference.judgements} judgements: ${verdict(inference.falseFailures)}`,
    ...(closest === undefined
      ? []
      : [`The closest took ${(100 * closest.ratio).toFixed(1)} % of its budget: ${closest.op}, ${closest.kernel}`]),
    ...inference.failures
      .slice(0, SHOWN)
      .map(({ kernel, op, case: of, reason }) => styles.bad(`${op}, ${kernel}: ${reason}, on ${of}`)),
    `Correct float32 gradients on ${gradients.cases} random cases, ${gradients.judgements} judgements: ${verdict(gradients.failures.length)}`,
    ...gradients.failures
      .slice(0, SHOWN)
      .map(({ kernel, case: of, reason }) => styles.bad(`${kernel}: ${reason}, on ${of}`)),
    `Correct float32 trainings, ${trainings.judgements} judgements: ${verdict(trainings.falseFailures)}`,
  ];
}

const SHOWN = 5;
