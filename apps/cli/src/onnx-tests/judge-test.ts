import { expectCase, judgeCase, numberOf, type OpCase } from '@alexnet/conformance';
import {
  type Backend,
  type Graph,
  type Node,
  opNames,
  opOf,
  sameShape,
  showShape,
  type Tensor,
  type TensorMap,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import type { OnnxTest } from './read-test.ts';

/*
 * Each operator of a test is judged by our own budget, on the oracle's values; what the model as a whole gives, by ONNX's tolerance.
 */

/** What ONNX's runner allows. */
const RTOL = 1e-3;
const ATOL = 1e-7;

/** What became of one test on one backend. */
export interface Judged {
  readonly test: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
  /** The ops of the graph. */
  readonly ops: readonly string[];
  /** The largest share of its budget that any element of any operator took. */
  readonly maxRatio?: number;
}

/** One operator of a test with its input, the oracle's. Data are chosen by others: roundings may all fall on one side. */
interface Step {
  readonly node: Node;
  readonly opCase: OpCase;
}

/** A test and its operators: what the oracle computed once, for all backends. */
export interface PreparedTest {
  readonly test: OnnxTest;
  readonly steps: readonly Step[];
}

/** Runs the oracle over a test. */
export function prepare(test: OnnxTest): PreparedTest {
  return { test, steps: stepsOf(test) };
}

/** The operators of a test, each with what the oracle gives it to read. */
function stepsOf({ name, graph, weights, input }: OnnxTest): Step[] {
  const values = new Map<string, Tensor>([[graph.inputs[0]!.name, input]]);
  return graph.nodes.map((node) => {
    const given = values.get(node.inputs[0])!;
    const opCase = caseOf(`${name}/${node.name}`, graph, node, weights, given);
    const { want } = expectCase(opCase);
    values.set(node.name, { shape: want.shape, data: Float32Array.from(want.data) });
    return { node, opCase };
  });
}

function caseOf(id: string, graph: Graph, node: Node, weights: Weights, input: Tensor): OpCase {
  const read = new Set(opOf(node).parameters(node));
  return {
    id,
    op: node.op,
    name: id,
    why: "one of ONNX's tests",
    graph: {
      name: graph.name,
      inputs: [{ name: node.inputs[0], shape: input.shape.slice(1) }],
      parameters: graph.parameters.filter(({ name }) => read.has(name)),
      nodes: [node],
      outputs: [node.name],
    },
    precision: 'f32',
    batch: input.shape[0]!,
    data: { title: "ONNX's data", why: '', kind: 'adversarial', fill: () => input.data },
    tensors: () => ({ input, weights: new Map([...weights].filter(([name]) => read.has(name))) }),
  };
}

/** Judges a test on a backend. What the backend throws is a failure; what it does not declare is skipped. Errors: `aborted`. */
export async function judgeTest({ test, steps }: PreparedTest, backend: Backend, signal: AbortSignal): Promise<Judged> {
  const ops = [...new Set(test.graph.nodes.map(({ op }) => op))];
  const facts = { test: test.name, ops };
  const missing = ops.filter((op) => !backend.capabilities.ops.includes(op));
  if (missing.length > 0)
    return { ...facts, status: 'skipped', reason: `The backend does not declare ${missing.join(', ')}` };
  try {
    let maxRatio = 0;
    for (const { node, opCase } of steps) {
      const { passed, reason = '', maxRatio: used = 0 } = await judgeCase(opCase, backend, signal);
      throwIfAborted(signal, test.name);
      if (!passed)
        return { ...facts, status: 'failed', reason: steps.length === 1 ? reason : `${node.name}: ${reason}` };
      maxRatio = Math.max(maxRatio, numberOf(used));
    }
    const far = farFrom(test.expected, await runWhole(test, backend, signal));
    return far === undefined ? { ...facts, status: 'passed', maxRatio } : { ...facts, status: 'failed', reason: far };
  } catch (error) {
    throwIfAborted(signal, test.name);
    return { ...facts, status: 'failed', reason: `Threw ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function runWhole({ graph, weights, input }: OnnxTest, backend: Backend, signal: AbortSignal) {
  await using program = await backend.compile(graph, weights, { signal });
  return (await program.run({ [graph.inputs[0]!.name]: input }, { signal }))[graph.outputs[0]!];
}

/**
 * Whether ONNX's own expected output of a test of one operator is within our budget of the oracle; what is wrong if it is not.
 * It is judged as if a backend had given it.
 */
export async function judgeExpected({ test, steps }: PreparedTest, signal: AbortSignal): Promise<string | undefined> {
  const [step] = steps;
  if (step === undefined || steps.length > 1) return undefined;
  const output: TensorMap = { [step.node.name]: test.expected };
  const { passed, reason } = await judgeCase(step.opCase, answering(output), signal);
  return passed ? undefined : reason;
}

/** A backend that gives the same answer to everything. */
function answering(output: TensorMap): Backend {
  const nothing = async () => {};
  return {
    id: 'expected',
    environment: { engine: 'none', device: 'none', threads: 1, fallback: false, notes: [] },
    capabilities: { ops: opNames, precisions: ['f32'], profiling: false, strictNonFinite: true, deterministic: true },
    compile: async () => ({
      run: async () => output,
      memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
      [Symbol.asyncDispose]: nothing,
    }),
    [Symbol.asyncDispose]: nothing,
  };
}

/** What is wrong with an output by ONNX's tolerance, as its runner judges: `|got - want| <= atol + rtol |want|`. */
export function farFrom(want: Tensor, got: Tensor | undefined): string | undefined {
  if (got === undefined) return 'The output is missing';
  if (!sameShape(got.shape, want.shape)) {
    return `The output has shape ${showShape(got.shape)}, and ONNX expects ${showShape(want.shape)}`;
  }
  const at = want.data.findIndex((w, i) => !isClose(w, got.data[i]!));
  return at < 0 ? undefined : `Element ${at} is ${got.data[at]} where ONNX expects ${want.data[at]}`;
}

function isClose(want: number, got: number): boolean {
  if (!Number.isFinite(want) || !Number.isFinite(got)) return Object.is(want, got);
  return Math.abs(got - want) <= ATOL + RTOL * Math.abs(want);
}
