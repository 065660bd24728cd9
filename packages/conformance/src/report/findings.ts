import type { Cause } from '../diagnosis/diagnosis.ts';
import { type Check, numberOf } from './report.ts';

/** Failed checks that one cause explains. */
export interface Finding {
  readonly cause: Cause;
  /** Ids of the checks, in order. */
  readonly checks: readonly string[];
}

/** Where a network first goes wrong. */
export interface FirstWrongLayer {
  readonly variant: string;
  readonly image: string;
  readonly precision?: string;
  readonly layer: string;
  readonly check: Check;
  /** Wrong layers after it. All are judged on the right input, so that none is wrong because of the first. */
  readonly later: readonly string[];
}

/** The causes of all failures, the one that explains most checks first. A mistake that is only an alternative of a check counts where it is the cause of another. */
export function findingsOf(checks: readonly Check[]): readonly Finding[] {
  const failed = checks.filter(({ status, diagnosis }) => status === 'failed' && diagnosis?.cause !== undefined);
  const first = new Set(failed.map(({ diagnosis }) => diagnosis!.cause!.id));
  const votes = new Map<string, number>();
  const causesOf = ({ diagnosis }: Check) =>
    [diagnosis!.cause!, ...diagnosis!.alternatives].filter(({ id }) => first.has(id));
  for (const check of failed) for (const { id } of causesOf(check)) votes.set(id, (votes.get(id) ?? 0) + 1);
  const findings = new Map<string, { cause: Cause; checks: string[] }>();
  for (const check of failed) {
    const cause = causesOf(check).reduce((a, b) => (votes.get(b.id)! > votes.get(a.id)! ? b : a));
    const known = findings.get(cause.id) ?? { cause, checks: [] };
    known.checks.push(check.id);
    findings.set(cause.id, known);
  }
  return [...findings.values()].toSorted((a, b) => b.checks.length - a.checks.length);
}

/** Of every network, image and precision with a wrong layer, the first of them. */
export function firstWrongLayers(checks: readonly Check[]): readonly FirstWrongLayer[] {
  const wrong = new Map<string, Check[]>();
  for (const check of checks) {
    if (check.status !== 'failed' || check.layer === undefined) continue;
    const key = [check.variant, check.image, check.precision].join(' ');
    wrong.set(key, [...(wrong.get(key) ?? []), check]);
  }
  return [...wrong.values()].map(([first, ...others]) => ({
    variant: first!.variant!,
    image: first!.image!,
    ...(first!.precision === undefined ? {} : { precision: first!.precision }),
    layer: first!.layer!,
    check: first!,
    later: others.map(({ layer }) => layer!),
  }));
}

/** "conv2 is the first wrong layer; later ones are judged on the right input and pass". */
export function firstWrongLayerText({ layer, later, check }: FirstWrongLayer): string {
  const ratio = check.maxRatio === undefined ? undefined : numberOf(check.maxRatio);
  const far = ratio === undefined || !Number.isFinite(ratio) ? '' : `, ${ratio.toPrecision(2)} times over its budget`;
  const rest =
    later.length === 0
      ? 'later ones are judged on the right input and pass'
      : `later ones are judged on the right input, and ${later.join(', ')} ${later.length === 1 ? 'fails' : 'fail'} too`;
  return `${layer} is the first wrong layer${far}; ${rest}`;
}
