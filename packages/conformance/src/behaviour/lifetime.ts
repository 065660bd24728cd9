import type { Backend, ErrorCode, MemoryUse, Program, Tensor } from '@alexnet/core';
import type { CheckDefinition } from '../check.ts';
import { type Complaint, close, fails, verdict } from './expect.ts';
import { moments } from './moments.ts';
import { graph, images, oracle, weights } from './subject.ts';

/** What ends while something else is under way: nothing may hang, leak, or be of no use afterwards. */
const checks: readonly (Pick<CheckDefinition, 'name' | 'why' | 'notDeclared' | 'run'> & { readonly slug: string })[] = [
  {
    slug: 'leaks/programs',
    name: 'Compiling, running and disposing twenty times holds no more memory than once',
    why: 'a page that changes networks runs out of memory after an hour, not in a test',
    async run(backend) {
      const input = images(2, 'leaks');
      const cycle = async () => {
        const program = await backend.compile(graph, weights);
        await program.run({ input });
        const held = program.memory();
        await program[Symbol.asyncDispose]();
        return { held, after: program.memory(), rest: backend.testing?.memory?.() };
      };
      await cycle(); // what is shared by all programs is made once
      const first = await cycle();
      for (let i = 0; i < 18; i++) await cycle();
      const last = await cycle();
      return verdict(
        grown('A program', first.held, last.held),
        first.after.hostBytes + first.after.deviceBytes === 0 ? undefined : 'A disposed program still holds memory',
        grown('The backend without programs', first.rest, last.rest),
      );
    },
  },
  {
    slug: 'leaks/runs',
    name: 'Fifty runs of changing batch size hold no more memory than the first of each',
    why: 'what a run leaves behind adds up',
    async run(backend) {
      const inputs = [1, 3, 2].map((batch) => images(batch, 'leaking runs'));
      return using(backend, async (program) => {
        const round = async () => {
          for (const input of inputs) await program.run({ input });
          return { held: program.memory(), all: backend.testing?.memory?.() };
        };
        await round();
        const first = await round();
        for (let i = 0; i < 15; i++) await round();
        const last = await round();
        return verdict(grown('The program', first.held, last.held), grown('The backend', first.all, last.all));
      });
    },
  },
  {
    slug: 'leaks/failures',
    name: 'Compilations and runs that fail leave nothing behind',
    why: 'what was made before the error is forgotten',
    async run(backend) {
      const short = new Map([...weights].filter(([name]) => name !== 'fc4.bias'));
      const input = images(2, 'failures');
      const attempts: readonly (readonly [ErrorCode, () => Promise<unknown>])[] = [
        ['invalid-weights', () => backend.compile(graph, short)],
        ['unknown-name', () => backend.compile(graph, weights, { outputs: ['prob', 'no-such-value'] })],
        ['aborted', () => startAndAbort((signal) => backend.compile(graph, weights, { signal }))],
      ];
      return using(backend, async (program) => {
        const wrong: readonly (readonly [ErrorCode, () => Promise<unknown>])[] = [
          ...attempts,
          ['invalid-input', () => program.run({ input: { ...input, shape: [3, 2, 19, 23] } })],
          ['aborted', () => startAndAbort((signal) => program.run({ input }, { signal }))],
        ];
        const round = async () => {
          const complaints: Complaint[] = [];
          for (const [code, act] of wrong) complaints.push(await fails(code, 'What is wrong', act));
          await program.run({ input });
          return { complaints, held: program.memory(), all: backend.testing?.memory?.() };
        };
        await round();
        const first = await round();
        for (let i = 0; i < 8; i++) await round();
        const last = await round();
        return verdict(
          ...last.complaints,
          grown('The program', first.held, last.held),
          grown('The backend', first.all, last.all),
        );
      });
    },
  },
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
  readonly code?: unknown;
}

/** How a run ends; never throws. */
async function outcome(program: Program, input: Tensor, signal?: AbortSignal): Promise<End> {
  try {
    return { output: (await program.run({ input }, signal === undefined ? {} : { signal }))['prob'] };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : String(error);
}

/** The right result, or the one error that is allowed. */
function right(what: string, { output, code }: End, input: Tensor, allowed: ErrorCode): Complaint {
  if (code === undefined) return close(what, output, oracle(input)['prob']);
  return code === allowed ? undefined : `${what} threw ${String(code)}, not code ${allowed}`;
}

async function startAndAbort(start: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const stop = new AbortController();
  const running = start(stop.signal);
  stop.abort();
  return running;
}

function grown(what: string, first: MemoryUse | undefined, last: MemoryUse | undefined): Complaint {
  const bytes = (use: MemoryUse | undefined) => (use?.hostBytes ?? 0) + (use?.deviceBytes ?? 0);
  if (bytes(last) <= bytes(first)) return undefined;
  return `${what} held ${bytes(first)} bytes, and later ${bytes(last)}`;
}

/** The backend still compiles and runs. */
async function works(backend: Backend): Promise<Complaint> {
  const input = images(1, 'still works');
  return using(backend, async (program) =>
    close('A program after it', (await program.run({ input }))['prob'], oracle(input)['prob']),
  );
}

async function using<T>(backend: Backend, work: (program: Program) => Promise<T>): Promise<T> {
  const program = await backend.compile(graph, weights);
  try {
    return await work(program);
  } finally {
    await program[Symbol.asyncDispose]();
  }
}

export const lifetimeChecks: readonly CheckDefinition[] = checks.map(({ slug, ...facts }) => ({
  ...facts,
  id: `behaviour/${slug}`,
  suite: 'behaviour',
}));
