import type {
  Availability,
  Backend,
  BackendOptions,
  BackendProvider,
  CompileOptions,
  Program,
} from '../backend/backend.ts';
import { AlexNetError, throwIfAborted } from '../error.ts';
import type { TensorMap } from '../tensor.ts';
import type { Finding } from './choice.ts';
import { disposeAll } from './dispose.ts';
import { differing, type Expected, judge, largestShare, wrongIn } from './expected.ts';
import { bytes, lacksDeclared, lacksUnasked, type Requirements, substitute } from './requirements.ts';
import { type LimitOptions, type TimeLimit, timeLimit } from './within.ts';

/** A backend that is right and can be chosen, with the program that is timed. */
export interface Contender {
  readonly finding: Finding;
  readonly backend: Backend;
  /** One run of the network that is timed, for as long as it takes. Throws when what it gives is wrong. */
  run(): Promise<void>;
  /** Lets the program and its backend go. */
  end(): Promise<void>;
}

export interface CheckOptions extends LimitOptions {
  readonly requirements: Requirements;
  readonly backendOptions: BackendOptions;
  /** Every stage of it is compared. */
  readonly checked: Expected;
  /** Its outputs are compared, run after run. */
  readonly timed: Expected;
}

/** What is known without creating anything: what it brings, and what its probe says. */
export async function probeProvider(
  provider: BackendProvider,
  { requirements, ...limits }: Pick<CheckOptions, 'requirements'> & LimitOptions,
): Promise<Finding> {
  const base = known(provider);
  const lacks = lacksUnasked(provider, requirements);
  if (lacks.length > 0) return { ...base, status: 'warn', lacks };
  let availability: Availability;
  try {
    availability = await timeLimit(limits).wait('its probe', () => provider.probe());
    if (typeof availability?.available !== 'boolean') throw new Error('it says nothing of availability');
  } catch (error) {
    throwIfAborted(limits.signal, 'probe');
    return failed(base, 'Its probe failed, which no probe may', error);
  }
  const { available, detail, fix } = availability;
  const found = { ...base, availability, prescriptions: fix === undefined ? [] : [fix] };
  if (!available) return { ...found, status: 'warn', lacks: [`It is not available here: ${detail}.`] };
  if (availability.fallback !== true || requirements.fallback === true) {
    return { ...found, evidence: [...base.evidence, `The probe found ${detail}.`] };
  }
  return {
    ...found,
    status: 'warn',
    lacks: [substitute(detail)],
    prescriptions: ['Allow slow substitutes to have it checked and timed.'],
  };
}

/**
 * Creates the backend that a probe found, and runs it: every stage of one network against the oracle, twice; then the network that is
 * timed. What fails, hangs or lies becomes a finding, and is disposed. Errors: `aborted`.
 */
export async function checkBackend(
  provider: BackendProvider,
  found: Finding,
  { requirements, backendOptions, checked, timed, ...limits }: CheckOptions,
): Promise<Finding | Contender> {
  const limit = timeLimit(limits);
  let finding = found;
  let backend: Backend | undefined;
  let program: Program | undefined;
  try {
    backend = await limit.wait(
      'create',
      () => provider.create(backendOptions),
      (late) => disposeAll([late]),
    );
    const { environment, capabilities } = backend;
    finding = withBackend(finding, backend);
    const lacks = lacksDeclared(backend, requirements, checked.workload.graph);
    if (lacks.length > 0) {
      await disposeAll([backend]);
      return { ...finding, status: 'warn', lacks };
    }
    const run = compileAndRun(backend, limit, { requirements, signal: limits.signal });

    const narrow = await run.compile(checked);
    program = narrow;
    const [first, second] = [await run.run(narrow, checked), await run.run(narrow, checked)];
    const correctness = judge(checked, first);
    finding = { ...finding, correctness };
    assertRight(correctness);
    assertRight(judge(checked, second));
    const unlike = capabilities.deterministic ? differing(first, second) : undefined;
    if (unlike !== undefined)
      throw new Wrong(`It declares that two runs give the same bits; those of ${unlike} differ.`);
    await disposeAll([program]);

    const raced = await run.compile(timed);
    program = raced;
    assertRight(judge(timed, await run.run(raced, timed)));
    const share = (100 * largestShare(correctness)).toPrecision(2);
    return {
      finding: {
        ...finding,
        status: (environment.hindrances ?? []).length > 0 ? 'warn' : 'ok',
        evidence: [
          ...finding.evidence,
          `All ${correctness.layers.length} stages of ${correctness.network} agree with the oracle: at most ${share} % of the error that is allowed.`,
        ],
      },
      backend,
      run: async () => assertRight(judge(timed, await runOnce(raced, timed, limits.signal))),
      end: () => disposeAll([backend, raced]),
    };
  } catch (error) {
    await disposeAll([backend, program]);
    throwIfAborted(limits.signal, 'check');
    return brokenFinding(finding, error);
  }
}

/** The finding of a backend that failed while it was checked or timed. */
export function brokenFinding(finding: Finding, error: unknown): Finding {
  if (error instanceof Wrong) {
    return {
      ...finding,
      status: 'fail',
      lacks: [error.message],
      prescriptions: ['Do not use it here. The conformance suite names the layer and the cause.'],
    };
  }
  const before =
    finding.environment === undefined ? 'Its probe says that it is available, but it cannot be created' : 'It failed';
  return failed(finding, before, error);
}

/** Numbers or a promise that do not hold. */
class Wrong extends Error {}

function assertRight(correctness: ReturnType<typeof judge>): void {
  const wrong = wrongIn(correctness);
  if (wrong !== undefined) throw new Wrong(wrong);
}

function known({ id, download }: BackendProvider): Finding {
  const base: Finding = { backend: id, status: 'ok', lacks: [], evidence: [], prescriptions: [] };
  if (download === undefined) return base;
  const { bytes: unpacked, gzipBytes } = download;
  const brings = unpacked === 0 ? 'It brings nothing.' : `It brings ${bytes(gzipBytes)} (${bytes(unpacked)} unpacked).`;
  return { ...base, evidence: [brings], download };
}

function withBackend(finding: Finding, { environment, capabilities }: Backend): Finding {
  const hindrances = environment.hindrances ?? [];
  return {
    ...finding,
    environment,
    capabilities,
    evidence: [...finding.evidence, ...environment.notes],
    prescriptions: [...finding.prescriptions, ...hindrances.flatMap(({ fix }) => (fix === undefined ? [] : [fix]))],
  };
}

function failed(finding: Finding, what: string, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const fix = error instanceof AlexNetError ? error.fix : undefined;
  return {
    ...finding,
    status: 'fail',
    lacks: [`${what}: ${message}`],
    prescriptions: fix === undefined ? finding.prescriptions : [...finding.prescriptions, fix],
  };
}

/** One run, for as long as it takes. */
function runOnce(
  program: Program,
  { workload: { graph, input } }: Expected,
  signal: AbortSignal | undefined,
): Promise<TensorMap> {
  return program.run({ [graph.inputs[0]!.name]: input }, signal === undefined ? {} : { signal });
}

/** Compiles and runs within the time of a provider. */
function compileAndRun(
  backend: Backend,
  limit: TimeLimit,
  { requirements: { precision = 'f32' }, signal }: Pick<CheckOptions, 'requirements' | 'signal'>,
) {
  return {
    compile({ workload: { graph, weights, name }, layers }: Expected): Promise<Program> {
      const options: CompileOptions = {
        outputs: [...layers.keys()],
        ...(precision === 'f32' ? {} : { precision }), // f32 is what a backend does without being told
        ...(signal === undefined ? {} : { signal }),
      };
      return limit.wait(
        `compiling ${name}`,
        () => backend.compile(graph, weights, options),
        (late) => disposeAll([late]),
      );
    },
    run(program: Program, expected: Expected): Promise<TensorMap> {
      return limit.wait(`running ${expected.workload.name}`, () => runOnce(program, expected, signal));
    },
  };
}
