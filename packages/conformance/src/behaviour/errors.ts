import {
  type Backend,
  type CompileOptions,
  type ErrorCode,
  type Graph,
  opNames,
  type Precision,
  type ProgramPrecision,
  precisions,
  type Tensor,
  type Weights,
} from '@alexnet/core';
import { opCases } from '../ops/index.ts';
import type { CheckDefinition } from '../run/check.ts';
import { close, fails, verdict } from './expect.ts';
import { graph, images, oracle, weights } from './subject.ts';

interface ErrorSample {
  readonly slug: string;
  readonly code: ErrorCode;
  /** What is done wrong, the subject of a sentence: "A run without its input". */
  readonly what: string;
  readonly why: string;
}

interface CompileSample extends ErrorSample {
  readonly graph?: Graph;
  readonly weights?: Weights;
  readonly options?: CompileOptions;
}

const input = images(2, 'errors');
const firstWeight = weights.get('conv1.weight')!;
const aborted = AbortSignal.abort();

// biome-ignore format: a table, one row per mistake
const compileSamples: readonly CompileSample[] = [
  { slug: 'unknown-output', code: 'unknown-name', what: 'Compiling for an output that does not exist', why: 'a wrong name must not give a missing result later', options: { outputs: ['prob', 'no-such-value'] } },
  { slug: 'missing-weights', code: 'invalid-weights', what: 'Compiling without a parameter', why: 'what is missing must not be zeros', weights: new Map([...weights].filter(([name]) => name !== 'fc3.bias')) },
  { slug: 'wrong-weight-shape', code: 'invalid-weights', what: 'Compiling with a weight of another shape', why: 'as many values in another order are a wrong network', weights: new Map([...weights, ['conv1.weight', { ...firstWeight, shape: firstWeight.shape.toReversed() }]]) },
  { slug: 'short-weight', code: 'invalid-weights', what: 'Compiling with a weight that holds too few values', why: 'who trusts the shape reads beyond the data', weights: new Map([...weights, ['conv1.weight', { ...firstWeight, data: firstWeight.data.subarray(1) }]]) },
  { slug: 'invalid-graph', code: 'invalid-graph', what: 'Compiling a graph whose last node reads a value that does not exist', why: 'graphs come from files and strangers', graph: { ...graph, nodes: graph.nodes.filter(({ name }) => name !== 'fc4') } },
  { slug: 'compile-aborted', code: 'aborted', what: 'Compiling under a signal that has fired', why: 'a user who left must not pay for a compilation', options: { signal: aborted } },
];

interface RunSample extends ErrorSample {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly signal?: AbortSignal;
}

// biome-ignore format: a table, one row per mistake
const runSamples: readonly RunSample[] = [
  { slug: 'missing-input', code: 'invalid-input', what: 'A run without its input', why: 'a misspelt name must not run on what was there before', inputs: { imput: input } },
  { slug: 'wrong-input-shape', code: 'invalid-input', what: 'A run on channels last', why: 'as many values in another order give a wrong answer silently', inputs: { input: { ...input, shape: [2, 19, 23, 3] } } },
  { slug: 'no-batch', code: 'invalid-input', what: 'A run on an input without its batch dimension', why: 'the batch must not be guessed', inputs: { input: { shape: [3, 19, 23], data: input.data.subarray(0, 3 * 19 * 23) } } },
  { slug: 'empty-batch', code: 'invalid-input', what: 'A run on a batch of none', why: 'engines crash on empty buffers', inputs: { input: { shape: [0, 3, 19, 23], data: new Float32Array() } } },
  { slug: 'short-input', code: 'invalid-input', what: 'A run on an input that holds too few values', why: 'who trusts the shape reads beyond the data', inputs: { input: { ...input, data: input.data.subarray(1) } } },
  { slug: 'run-aborted', code: 'aborted', what: 'A run under a signal that has fired', why: 'a user who left must not pay for a run', inputs: { input }, signal: aborted },
];

const describeError = ({ slug, code, what, why }: ErrorSample) => ({
  id: `behaviour/errors/${slug}`,
  suite: 'behaviour' as const,
  name: `${what} throws ${code}`,
  why,
});

const compileChecks = compileSamples.map(
  (sample): CheckDefinition => ({
    ...describeError(sample),
    run: async (backend) =>
      verdict(
        await fails(sample.code, sample.what, () =>
          compileAndDispose(backend, sample.graph ?? graph, sample.weights ?? weights, sample.options),
        ),
      ),
  }),
);

const runChecks = runSamples.map(
  (sample): CheckDefinition => ({
    ...describeError(sample),
    async run(backend) {
      const program = await backend.compile(graph, weights);
      try {
        const options = sample.signal === undefined ? {} : { signal: sample.signal };
        const complaint = await fails(sample.code, sample.what, () => program.run(sample.inputs, options));
        const after = await program.run({ input });
        return verdict(complaint, close('The run after the error', after['prob'], oracle(input)['prob']));
      } finally {
        await program[Symbol.asyncDispose]();
      }
    },
  }),
);

const disposeChecks: readonly CheckDefinition[] = [
  {
    ...describeError({
      slug: 'run-after-dispose',
      code: 'disposed',
      what: 'A run after dispose',
      why: 'freed memory must not be used',
    }),
    async run(backend) {
      const program = await backend.compile(graph, weights);
      await program[Symbol.asyncDispose]();
      return verdict(await fails('disposed', 'A run after dispose', () => program.run({ input })));
    },
  },
  {
    id: 'behaviour/dispose-twice',
    suite: 'behaviour',
    name: 'A program can be disposed twice',
    why: 'cleaning up twice happens in every larger program',
    async run(backend) {
      const program = await backend.compile(graph, weights);
      await program[Symbol.asyncDispose]();
      await program[Symbol.asyncDispose]();
      return verdict();
    },
  },
];

/** One more than there are, so that there is always one that is not declared. */
const allPrecisions: readonly ProgramPrecision[] = [...precisions, 'int8', 'q3' as Precision];

/** A capability that is not declared must throw: who asks for it must not get something else silently. */
const capabilityChecks: readonly CheckDefinition[] = [
  {
    ...describeError({
      slug: 'undeclared-precision',
      code: 'unsupported',
      what: 'Compiling for a precision that is not declared',
      why: 'weights must not be stored otherwise than asked',
    }),
    async run(backend) {
      const complaints = [];
      for (const precision of allPrecisions.filter((each) => !backend.capabilities.precisions.includes(each))) {
        complaints.push(
          await fails('unsupported', `Compiling for ${precision}`, () =>
            compileAndDispose(backend, graph, weights, { precision }),
          ),
        );
      }
      return verdict(...complaints);
    },
  },
  {
    ...describeError({
      slug: 'undeclared-op',
      code: 'unsupported',
      what: 'Compiling any op that is not declared',
      why: 'an op must not be left out silently',
    }),
    async run(backend) {
      const complaints = [];
      for (const op of opNames.filter((each) => !backend.capabilities.ops.includes(each))) {
        const opCase = opCases.find((each) => each.op === op)!;
        complaints.push(
          await fails('unsupported', `Compiling ${op}`, () =>
            compileAndDispose(backend, opCase.graph, opCase.tensors().weights),
          ),
        );
      }
      return verdict(...complaints);
    },
  },
];

export const errorChecks: readonly CheckDefinition[] = [
  ...compileChecks,
  ...runChecks,
  ...disposeChecks,
  ...capabilityChecks,
];

async function compileAndDispose(
  backend: Backend,
  of: Graph,
  withWeights: Weights,
  options?: CompileOptions,
): Promise<void> {
  const program = await backend.compile(of, withWeights, options);
  await program[Symbol.asyncDispose]();
}
