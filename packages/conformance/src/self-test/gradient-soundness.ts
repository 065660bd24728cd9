import { throwIfAborted } from '@alexnet/core';
import { derived, type GradientCase, gradientCase } from '../gradients/case.ts';
import { judgeValues, nameOfValue, type TrainingRun, valuesFrom } from '../gradients/judge.ts';
import { numberOf } from '../report/report.ts';
import { alteredBackend } from './altered-backend.ts';
import { trainingKernels } from './kernels/float32-training.ts';
import { opCaseOfSoundness, soundnessCases } from './soundness-cases.ts';
import { soundnessData } from './soundness-data.ts';

export interface GradientFailure {
  readonly kernel: string;
  readonly case: string;
  readonly reason: string;
}

export interface GradientSoundnessReport {
  readonly cases: number;
  /** Values that were judged. */
  readonly judgements: number;
  readonly failures: readonly GradientFailure[];
  /** Per op and kernel, the largest share of a budget that a correct kernel used. */
  readonly tightest: ReadonlyMap<string, number>;
}

export interface GradientSoundnessOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(progress: { readonly done: number; readonly total: number }): void;
}

/** Judges correct float32 kernels of gradients by the suite's own rules: none may fail. Errors: `aborted`. */
export async function judgeGradientKernels(
  cases: readonly GradientCase[],
  { signal = new AbortController().signal, onProgress }: GradientSoundnessOptions = {},
): Promise<GradientSoundnessReport> {
  const tightest = new Map<string, number>();
  const failures: GradientFailure[] = [];
  let judgements = 0;
  for (const [done, { id, training, data, tensors }] of cases.entries()) {
    throwIfAborted(signal, 'gradient soundness');
    onProgress?.({ done, total: cases.length });
    await new Promise((resolve) => setTimeout(resolve)); // lets a cancellation arrive
    const run: TrainingRun = { training, ...tensors(), data: data.kind };
    for (const [kernel, alteration] of Object.entries(trainingKernels)) {
      const got = await valuesFrom(alteredBackend({ training: alteration }), run, signal);
      for (const { node, verdict } of judgeValues(run, got)) {
        judgements++;
        const key = `${node.op}, ${kernel}`;
        tightest.set(key, Math.max(tightest.get(key) ?? 0, numberOf(verdict.maxRatio ?? Number.POSITIVE_INFINITY)));
        if (!verdict.passed) failures.push({ kernel, case: id, reason: `${nameOfValue(node)}: ${verdict.reason}` });
      }
    }
  }
  return { cases: cases.length, judgements, failures, tightest };
}

/** The gradients of random layers on the data that kernels of inference are tried on, which are as bad as it gets. */
export function randomGradientCases(count: number, seed: number): readonly GradientCase[] {
  return soundnessCases(count, seed)
    .filter(({ data }) => !tooSmall.has(data))
    .map((drawn) => {
      const opCase = opCaseOfSoundness(drawn);
      const row = derived({ ...opCase, batch: Math.min(opCase.batch, 4) }, true);
      const data = { ...opCase.data, ...soundnessData[drawn.data] };
      return gradientCase({
        ...row,
        id: `${row.op}/${JSON.stringify(drawn)}`,
        data,
        options: drawn.number % 2 === 0 ? {} : frozenNorms(row.graph.nodes[0]!.op),
      });
    });
}

/** Products of gradients and weights that are far below the normal numbers have no digits. */
const tooSmall: ReadonlySet<string> = new Set(['subnormal', 'vanishing']);

const frozenNorms = (op: string) => (op === 'batchNorm' ? { trainable: [] } : {});
