import type { Backend, BackendProvider } from '../backend/backend.ts';
import { AlexNetError } from '../error.ts';
import type { Choice, Examination } from './choice.ts';
import { type ExamineOptions, examineBackends } from './examine-backends.ts';
import type { Requirements } from './requirements.ts';

/** A backend to use, and why it. */
export interface Selection {
  readonly choice: Choice;
  /** Created and ready; the caller disposes of it. */
  readonly backend: Backend;
}

/**
 * The fastest backend that is right here and meets the requirements, with the reasons. It was run to know so (`examineBackends`), now or, where
 * results are kept, before. It never falls back silently: what was looked at and not taken is in `choice.findings`, with why.
 * Errors: `unsupported` when there is none, saying what each lacks, with the examination as its cause; `aborted`.
 */
export async function selectBackend(
  providers: readonly BackendProvider[],
  requirements: Requirements = {},
  options: ExamineOptions = {},
): Promise<Selection> {
  const choice = chosenOf(await examineBackends(providers, requirements, options));
  try {
    return { choice, backend: await create(providers, choice, options) };
  } catch (error) {
    if (!choice.cached) throw error;
  }
  // what was right when it was kept is no longer so
  const kept = { ...options.kept!, refresh: true };
  const anew = chosenOf(await examineBackends(providers, requirements, { ...options, kept }));
  return { choice: anew, backend: await create(providers, anew, options) };
}

function create(
  providers: readonly BackendProvider[],
  { chosen }: Choice,
  { threads }: ExamineOptions,
): Promise<Backend> {
  return providers.find(({ id }) => id === chosen)!.create(threads === undefined ? {} : { threads });
}

function chosenOf(examination: Examination): Choice {
  const { chosen, findings } = examination;
  if (chosen !== undefined) return { ...examination, chosen };
  const each = findings.map(({ backend, lacks }) => `${backend}: ${lacks.join(' ')}`);
  const fixes = new Set(findings.flatMap(({ prescriptions }) => prescriptions));
  throw new AlexNetError({
    code: 'unsupported',
    message:
      `No backend here is right and meets the requirements. ${each.join(' ') || 'There is no provider to choose from'}`.replace(
        /\.$/,
        '',
      ),
    ...(fixes.size === 0 ? {} : { fix: [...fixes].join(' ') }),
    cause: examination,
  });
}
