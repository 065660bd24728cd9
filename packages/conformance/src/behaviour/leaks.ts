import type { ErrorCode, MemoryUse, Program } from '@alexnet/core';
import type { CheckDefinition } from '../run/check.ts';
import { type Complaint, fails, verdict } from './expect.ts';
import { graph, images, using, weights } from './subject.ts';

/** What must not stay in memory: told by the programs and, where it can, by the backend. */
const checks: readonly (Omit<CheckDefinition, 'id' | 'suite'> & { readonly slug: string })[] = [
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
        return { held, after: afterDispose(program), rest: backend.testing?.memory?.() };
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
];

/** A program that is gone may say so, instead of 0. */
function afterDispose(program: Program): MemoryUse {
  try {
    return program.memory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'disposed') return { hostBytes: 0, deviceBytes: 0 };
    throw error;
  }
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

export const leakChecks: readonly CheckDefinition[] = checks.map(({ slug, ...facts }) => ({
  ...facts,
  id: `behaviour/${slug}`,
  suite: 'behaviour',
}));
