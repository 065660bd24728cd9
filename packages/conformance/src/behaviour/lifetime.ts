import type { Backend, ErrorCode, Program, Tensor } from '@alexnet/core';
import type { CheckDefinition } from '../run/check.ts';
import { type Complaint, close, fails, verdict } from './expect.ts';
import { moments } from './moments.ts';
import { graph, images, oracle, using, weights } from './subject.ts';

/** What ends while something else is under way: nothing may hang, or be of no use afterwards. */
const checks: readonly (Omit<CheckDefinition, 'id' | 'suite'> & { readonly slug: string })[] = [
  {
    slug: 'dispose-while-running',
    name: 'A program that is disposed while it runs ends its runs, with their results or with disposed',
    why: 'people leave pages in the middle; a freed buffer that is still read crashes the process',
    async run(backend) {
      const complaints: Complaint[] = [];
      for (const { name, wait } of moments) {
        const program = await backend.compile(graph, weights);
        const inputs = [9, 1, 4].map((batch) => images(batch, `disposed ${name}`));
        const running = inputs.map((input) => outcome(program, input));
        const turn = wait();
        if (turn !== undefined) await turn;
        await program[Symbol.asyncDispose]();
        const ends = await Promise.all(running);
        complaints.push(
          ...ends.map((end, i) => right(`Run ${i + 1}, disposed ${name},`, end, inputs[i]!, 'disposed')),
          await fails('disposed', 'A run after dispose', () => program.run({ input: inputs[1]! })),
        );
      }
      return verdict(...complaints, await works(backend));
    },
  },
  {
    slug: 'abort-while-running',
    name: 'A run that is cancelled ends with aborted, unless it was done, and the next run works',
    why: 'a camera drops frames all the time',
    run: (backend) =>
      using(backend, async (program) => {
        const complaints: Complaint[] = [];
        for (const { name, atOnce, wait } of moments) {
          const input = images(16, `aborted ${name}`);
          const stop = new AbortController();
          const running = outcome(program, input, stop.signal);
          const turn = wait();
          if (turn !== undefined) await turn;
          stop.abort();
          const end = await running;
          const what = `A run that was cancelled ${name}`;
          complaints.push(
            atOnce && end.code !== 'aborted'
              ? `${what} gave ${end.code ?? 'a result'}, not aborted`
              : right(what, end, input, 'aborted'),
            close('The run after it', (await outcome(program, input)).output, oracle(input)['prob']),
          );
        }
        return verdict(...complaints);
      }),
  },
  {
    slug: 'abort-while-compiling',
    name: 'A compilation that is cancelled ends with aborted, unless it was done, and the next one works',
    why: 'a user who left must not pay for what is left of a compilation',
    async run(backend) {
      const complaints: Complaint[] = [];
      for (const { name, atOnce, wait } of moments) {
        const stop = new AbortController();
        const compiling = backend.compile(graph, weights, { signal: stop.signal }).then(
          (program) => ({ program }),
          (error: unknown) => ({ code: codeOf(error) }),
        );
        const turn = wait();
        if (turn !== undefined) await turn;
        stop.abort();
        const end = await compiling;
        if ('program' in end) {
          if (atOnce) complaints.push(`A compilation that was cancelled ${name} gave a program`);
          const input = images(1, 'after the signal');
          complaints.push(
            close(
              'A program whose signal fired later',
              (await outcome(end.program, input)).output,
              oracle(input)['prob'],
            ),
          );
          await end.program[Symbol.asyncDispose]();
        } else if (end.code !== 'aborted')
          complaints.push(`A compilation that was cancelled ${name} threw code ${end.code}`);
        complaints.push(await works(backend));
      }
      return verdict(...complaints);
    },
  },
  {
    slug: 'lost-device',
    name: 'After its device is lost a program throws device-lost, also of runs under way, and the next compile works',
    why: 'drivers are reset and phones take the GPU away; whoever reads a lost device gets zeros',
    notDeclared: (_capabilities, testing) =>
      testing?.loseDevice === undefined
        ? 'The backend does not declare loseDevice: it cannot be lost on purpose'
        : undefined,
    async run(backend) {
      const program = await backend.compile(graph, weights);
      const input = images(3, 'lost');
      const running = outcome(program, input);
      await backend.testing!.loseDevice!();
      const complaints = [
        right('The run under way', await running, input, 'device-lost'),
        await fails('device-lost', 'A run on a lost device', () => program.run({ input })),
        await works(backend),
      ];
      await program[Symbol.asyncDispose]();
      return verdict(...complaints, await works(backend));
    },
  },
];

interface End {
  readonly output?: Tensor | undefined;
  readonly code?: string;
}

/** How a run ends; never throws. */
async function outcome(program: Program, input: Tensor, signal?: AbortSignal): Promise<End> {
  try {
    return { output: (await program.run({ input }, signal === undefined ? {} : { signal }))['prob'] };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

function codeOf(error: unknown): string {
  return String(error instanceof Error && 'code' in error ? error.code : error);
}

/** The right result, or the one error that is allowed. */
function right(what: string, { output, code }: End, input: Tensor, allowed: ErrorCode): Complaint {
  if (code === undefined) return close(what, output, oracle(input)['prob']);
  return code === allowed ? undefined : `${what} threw ${code}, not code ${allowed}`;
}

/** The backend still compiles and runs. */
async function works(backend: Backend): Promise<Complaint> {
  const input = images(1, 'still works');
  return using(backend, async (program) =>
    close('A program after it', (await program.run({ input }))['prob'], oracle(input)['prob']),
  );
}

export const lifetimeChecks: readonly CheckDefinition[] = checks.map(({ slug, ...facts }) => ({
  ...facts,
  id: `behaviour/${slug}`,
  suite: 'behaviour',
}));
