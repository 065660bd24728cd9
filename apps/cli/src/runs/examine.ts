import {
  type Examination,
  type ExamineOptions,
  examineBackends,
  type Registry,
  type Requirements,
} from '@alexnet/core';

export interface ExaminationPlan {
  /** Ids; undefined: all but the oracle, which is the yardstick. What is named may be a slow substitute. */
  readonly wanted?: readonly string[];
  readonly requirements: Requirements;
  readonly threads?: number;
}

/** What is found out of the backends of a registry, in Node or in a page. Errors: `unknown-name`, `aborted`. */
export function examine(
  registry: Registry,
  { wanted, requirements, threads }: ExaminationPlan,
  options: Pick<ExamineOptions, 'kept' | 'signal' | 'onProgress'>,
): Promise<Examination> {
  const providers =
    wanted === undefined
      ? registry.providers.filter(({ id }) => id !== 'reference')
      : [...new Set(wanted)].map((id) => registry.get(id));
  return examineBackends(
    providers,
    { ...requirements, ...(wanted === undefined ? {} : { fallback: true }) },
    { ...options, now: () => performance.now(), ...(threads === undefined ? {} : { threads }) },
  );
}
