import type { Backend, Program, Tensor, TensorMap, Weights } from '@alexnet/core';
import { seededWeights } from '@alexnet/core';
import type { Verdict } from '../numerics/compare.ts';
import type { CheckDefinition } from '../run/check.ts';
import { close, fails, identical, names, verdict } from './expect.ts';
import { graph, images, oracle, sample, weights } from './subject.ts';

interface ResultCheck extends Pick<CheckDefinition, 'name' | 'why' | 'notDeclared'> {
  readonly slug: string;
  /** Default: the graph's outputs. */
  readonly outputs?: readonly string[];
  check(program: Program, backend: Backend): Promise<Verdict>;
}

const prob = async (program: Program, input: Tensor) => (await program.run({ input }))['prob'];

const checks: readonly ResultCheck[] = [
  {
    slug: 'repeatable',
    name: 'The same input gives the same bits, five times',
    why: 'atomic additions and races make results depend on the order of threads',
    notDeclared: ({ deterministic }) => (deterministic ? undefined : 'The backend does not declare deterministic'),
    async check(program) {
      const input = images(2, 'repeatable');
      const first = await prob(program, input);
      const complaints = [];
      for (let i = 2; i <= 5; i++) complaints.push(identical(`Run ${i}`, await prob(program, input), first));
      return verdict(close('The first run', first, oracle(input)['prob']), ...complaints);
    },
  },
  {
    slug: 'overlapping-runs',
    name: 'Runs that overlap each get their own result',
    why: 'runs that share buffers overwrite each other',
    async check(program) {
      const inputs = [1, 3, 2, 1].map((batch, i) => images(batch, `overlapping ${i}`));
      const outputs = await Promise.all(inputs.map((input) => prob(program, input)));
      return verdict(...inputs.map((input, i) => close(`Run ${i + 1} of 4`, outputs[i], oracle(input)['prob'])));
    },
  },
  {
    slug: 'batch-sizes',
    name: 'One program runs any batch, and a sample gives the same in each',
    why: 'buffers of one batch size, or samples that are mixed up, show when the batch grows and shrinks',
    async check(program) {
      const complaints = [];
      for (const batch of [1, 7, 2, 3, 1]) {
        const input = images(batch, `batch ${batch}`);
        const output = await prob(program, input);
        complaints.push(close(`Batch ${batch}`, output, oracle(input)['prob']));
        const last = await prob(program, sample(input, batch - 1));
        complaints.push(close(`The last of ${batch} alone`, last, sample(oracle(input)['prob']!, batch - 1)));
      }
      return verdict(...complaints);
    },
  },
  {
    slug: 'stale-buffers',
    name: 'A run leaves nothing behind for the next',
    why: 'buffers that are used again without being overwritten keep the values of the run before',
    outputs: ['conv1', 'pool1', 'fc3', 'prob'],
    async check(program) {
      const [a, b] = [images(2, 'stale a'), images(2, 'stale b', 1000)];
      const complaints = [];
      for (const input of [a, b, a]) {
        const outputs = await program.run({ input });
        const want = oracle(input, ['conv1', 'pool1', 'fc3', 'prob']);
        complaints.push(...Object.keys(want).map((name) => close(name, outputs[name], want[name])));
      }
      return verdict(...complaints);
    },
  },
  {
    slug: 'poisoned-buffers',
    name: 'A run on NaN leaves no NaN behind',
    why: 'a buffer that is added to, or multiplied by 0, keeps NaN for ever',
    notDeclared: ({ strictNonFinite }) =>
      strictNonFinite ? undefined : 'The backend does not declare strictNonFinite',
    async check(program) {
      const input = images(2, 'poisoned');
      const poison = await prob(program, { ...input, data: input.data.map(() => Number.NaN) });
      const complaint = poison?.data.every(Number.isNaN) ? undefined : 'NaN went in and something else came out';
      return verdict(complaint, close('The run after NaN', await prob(program, input), oracle(input)['prob']));
    },
  },
  {
    slug: 'results-stay',
    name: "A result is the caller's: later runs and dispose do not change it",
    why: 'a result that is a view of a buffer changes under the caller',
    async check(program) {
      const output = await prob(program, images(3, 'stays'));
      const copy = { shape: output!.shape, data: output!.data.slice() };
      await prob(program, images(3, 'stays not'));
      await program[Symbol.asyncDispose]();
      return verdict(identical('The first result', output, copy));
    },
  },
  {
    slug: 'inputs-stay',
    name: 'A run does not change its input',
    why: 'an op that works in place may work on the memory of the caller',
    async check(program) {
      const input = images(2, 'input');
      await prob(program, input);
      return verdict(identical('The input', input, images(2, 'input')));
    },
  },
  {
    slug: 'default-outputs',
    name: 'Without a choice of outputs, the outputs of the graph are returned, and no others',
    why: 'inner values cost time and memory',
    check: async (program) => verdict(names(await program.run({ input: images(1, 'default') }), graph.outputs)),
  },
  {
    slug: 'chosen-outputs',
    name: 'Any values can be outputs: inner ones, inputs of the graph, in any order, also twice',
    why: 'optimisers remove or rename what nobody reads; the suite looks inside a network this way',
    outputs: ['prob', 'relu1', 'input', 'dropout3', 'flatten', 'conv1', 'relu1', 'pool1', 'fc4'],
    async check(program) {
      const input = images(2, 'chosen');
      const want = oracle(input, ['prob', 'relu1', 'input', 'dropout3', 'flatten', 'conv1', 'pool1', 'fc4']);
      const outputs = await program.run({ input });
      const wrong = Object.keys(want).map((name) => close(name, outputs[name], want[name]));
      return verdict(names(outputs, Object.keys(want)), ...wrong);
    },
  },
  {
    slug: 'views',
    name: 'Tensors may be views into the middle of a larger buffer',
    why: 'who reads the buffer from its start, or beyond the view, reads NaN here',
    async check(_program, backend) {
      const input = images(2, 'views');
      const surrounded = new Map([...weights].map(([name, tensor]) => [name, inTheMiddle(tensor)]));
      const program = await backend.compile(graph, surrounded);
      const output = await prob(program, inTheMiddle(input));
      await program[Symbol.asyncDispose]();
      return verdict(close('prob', output, oracle(input)['prob']));
    },
  },
  {
    slug: 'two-programs',
    name: 'Two programs with different weights, compiled and run at the same time, do not touch each other',
    why: 'caches by graph or by name hand out the weights of another program',
    async check(program, backend) {
      const others: Weights = seededWeights(graph, 2);
      const compiled = await Promise.all([backend.compile(graph, others), backend.compile(graph, weights)]);
      const programs = [program, ...compiled];
      const input = images(2, 'two programs');
      const outputs: TensorMap[] = await Promise.all(programs.map((each) => each.run({ input })));
      await compiled[1][Symbol.asyncDispose]();
      const after = await prob(compiled[0], input);
      await compiled[0][Symbol.asyncDispose]();
      const [want, wantOther] = [oracle(input)['prob'], oracle(input, ['prob'], others)['prob']];
      return verdict(
        close('The first program', outputs[0]!['prob'], want),
        close('The program with other weights', outputs[1]!['prob'], wantOther),
        close('The program with the first weights again', outputs[2]!['prob'], want),
        close('A program after another was disposed', after, wantOther),
      );
    },
  },
  {
    slug: 'more-weights',
    name: 'Weights that the graph does not name are allowed',
    why: 'one file may hold the weights of a longer network',
    async check(_program, backend) {
      const more = new Map([...weights, ['unread.weight', { shape: [2, 3], data: new Float32Array(6) }]]);
      const program = await backend.compile(graph, more);
      const input = images(1, 'more weights');
      const output = await prob(program, input);
      await program[Symbol.asyncDispose]();
      return verdict(close('prob', output, oracle(input)['prob']));
    },
  },
  {
    slug: 'memory',
    name: 'Memory use is told in whole bytes',
    why: 'reports and choices of a backend are made from it',
    async check(program) {
      const { hostBytes, deviceBytes } = program.memory();
      const whole = [hostBytes, deviceBytes].every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0);
      return verdict(whole ? undefined : `hostBytes is ${hostBytes} and deviceBytes ${deviceBytes}`);
    },
  },
  {
    slug: 'profile',
    name: 'A profile has a time of 0 or more for nodes of the graph, and none is given that is not declared',
    why: 'made-up times are worse than none',
    async check(program, { capabilities }) {
      const input = { input: images(1, 'profile') };
      if (!capabilities.profiling) {
        return verdict(program.profile && (await fails('unsupported', 'A profile', () => program.profile!(input))));
      }
      const timings = (await program.profile?.(input)) ?? [];
      const known = new Set(graph.nodes.map(({ name }) => name));
      const wrong = timings.find(({ nodes, ms }) => !(ms >= 0) || !nodes.split('+').every((name) => known.has(name)));
      if (wrong !== undefined) return verdict(`The profile has an entry ${JSON.stringify(wrong)}`);
      return verdict(timings.length > 0 ? undefined : 'The profile is empty');
    },
  },
];

/** A view with NaN before and after it, 4 bytes off any larger alignment. */
function inTheMiddle({ shape, data }: Tensor): Tensor {
  const around = new Float32Array(data.length + 14).fill(Number.NaN);
  around.set(data, 5);
  return { shape, data: around.subarray(5, 5 + data.length) };
}

export const resultChecks: readonly CheckDefinition[] = checks.map(({ slug, outputs, check, ...facts }) => ({
  ...facts,
  id: `behaviour/${slug}`,
  suite: 'behaviour',
  async run(backend, signal) {
    const program = await backend.compile(graph, weights, { signal, ...(outputs === undefined ? {} : { outputs }) });
    try {
      return await check(program, backend);
    } finally {
      await program[Symbol.asyncDispose]();
    }
  },
}));
