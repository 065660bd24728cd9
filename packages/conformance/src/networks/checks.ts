import type { Backend, Capabilities, Graph, Node, Precision, Program, Tensor, TensorMap, Weights } from '@alexnet/core';
import type { CheckDefinition } from '../check.ts';
import { compare } from '../compare.ts';
import { opNotDeclared } from '../ops/check.ts';
import { compileOptions, precisionFact, precisionNotDeclared, storedAs, suffixOf } from '../precision.ts';
import { endOf, judgeEndToEnd } from './end-to-end.ts';
import type { Expected, ExpectedLayer } from './oracle.ts';
import { givenName, teacherForced } from './teacher-forcing.ts';

/** A whole network to check: `weights` are seeded or real, `tensor` is a preprocessed image `[n, ...]`. */
export interface NetworkUnderTest {
  readonly variant: { readonly id: string; readonly graph: Graph };
  readonly weights: Weights;
  readonly images: readonly { readonly name: string; readonly tensor: Tensor }[];
}

/** Checks that share one program. `end` lets the program go. */
export interface NetworkStage {
  readonly checks: readonly CheckDefinition[];
  end(): Promise<void>;
}

/** The ids of all checks of a network, in order. */
export function networkCheckIds({ variant, images }: NetworkUnderTest, precision: Precision = 'f32'): string[] {
  const judged = judgedNodes(variant.graph, precision);
  const layers = images.flatMap(({ name }) => judged.map((node) => idOf(variant.id, name, node.name, precision)));
  return [...layers, ...images.map(({ name }) => idOf(variant.id, name, 'end-to-end', precision))];
}

const idOf = (variant: string, image: string, what: string, precision: Precision) =>
  `network/${variant}/${image}/${what}${suffixOf(precision)}`;

/** The layers that are judged: those that a precision changes, of f32 all. */
function judgedNodes({ nodes }: Graph, precision: Precision): readonly Node[] {
  return precision === 'f32' ? nodes : nodes.filter(({ op }) => op === 'linear');
}

/**
 * First every layer alone, on the oracle's values; then the network as it is. One copy of the weights is on the device at a time.
 * `expected` is what the oracle computes under that precision; it may be left empty for a backend that does not declare it.
 */
export function networkStages(
  network: NetworkUnderTest,
  expected: Expected,
  precision: Precision = 'f32',
): NetworkStage[] {
  return [layersStage(network, expected, precision), endToEndStage(network, expected, precision)];
}

function layersStage(
  { variant, weights, images }: NetworkUnderTest,
  expected: Expected,
  precision: Precision,
): NetworkStage {
  const nodes = judgedNodes(variant.graph, precision);
  const graph = teacherForced(variant.graph, nodes);
  const program = lazyProgram(graph, weights, precision);
  const checks = images.flatMap((image): CheckDefinition[] => {
    const outputs = once((backend: Backend, signal: AbortSignal) =>
      program.run(backend, givenValues(variant.graph, graph, image.tensor, expected.get(image.name)!), signal),
    );
    return nodes.map((node) => ({
      id: idOf(variant.id, image.name, node.name, precision),
      suite: 'network',
      name: `${node.name} of ${variant.id}${storedAs(precision)} on ${image.name} agrees with the oracle, given the oracle's layers before it`,
      why: `a wrong ${node.op} layer shows here and in no other`,
      op: node.op,
      ...precisionFact(precision),
      variant: variant.id,
      image: image.name,
      layer: node.name,
      notDeclared: (capabilities) => notDeclared(graph, precision, capabilities),
      async run(backend, signal) {
        const { want, allowed } = expected.get(image.name)!.get(node.name)!;
        return compare((await outputs(backend, signal))[node.name], want, allowed);
      },
    }));
  });
  return { checks, end: program.end };
}

function endToEndStage(
  { variant, weights, images }: NetworkUnderTest,
  expected: Expected,
  precision: Precision,
): NetworkStage {
  const { logits, probabilities } = endOf(variant.graph);
  const program = lazyProgram(variant.graph, weights, precision, [probabilities, logits]);
  const input = variant.graph.inputs[0]!.name;
  const checks = images.map((image): CheckDefinition => {
    const facts = {
      id: idOf(variant.id, image.name, 'end-to-end', precision),
      variant: variant.id,
      image: image.name,
      ...precisionFact(precision),
    };
    return {
      ...facts,
      suite: 'network',
      name: `${variant.id}${storedAs(precision)} on ${image.name} ends in the oracle's classes and probabilities`,
      why: 'fused and rearranged layers show only in the network as a whole',
      notDeclared: (capabilities) => notDeclared(variant.graph, precision, capabilities),
      async run(backend, signal) {
        const outputs = await program.run(backend, { [input]: image.tensor }, signal);
        return judgeEndToEnd(facts, variant.graph, expected.get(image.name)!, outputs);
      },
    };
  });
  return { checks, end: program.end };
}

function notDeclared(graph: Graph, precision: Precision, capabilities: Capabilities): string | undefined {
  const ops = graph.nodes.map(({ op }) => opNotDeclared(op, capabilities));
  return ops.find((reason) => reason !== undefined) ?? precisionNotDeclared(precision, capabilities);
}

/** What a teacher-forced graph reads: the image, and the oracle's values as float32. */
function givenValues(
  graph: Graph,
  forced: Graph,
  image: Tensor,
  layers: ReadonlyMap<string, ExpectedLayer>,
): TensorMap {
  const read = new Set(forced.inputs.map(({ name }) => name));
  const values = [...layers].flatMap(([name, { want }]) => {
    const given = givenName(graph, name);
    return read.has(given) ? [[given, { shape: want.shape, data: Float32Array.from(want.data) }] as const] : [];
  });
  const input = graph.inputs[0]!.name;
  return Object.fromEntries([...(read.has(input) ? [[input, image] as const] : []), ...values]);
}

/** A program that is compiled at the first run. */
function lazyProgram(graph: Graph, weights: Weights, precision: Precision, outputs?: readonly string[]) {
  let compiled: Promise<Program> | undefined;
  return {
    async run(backend: Backend, inputs: TensorMap, signal: AbortSignal): Promise<TensorMap> {
      const options = compileOptions(precision, { signal, ...(outputs === undefined ? {} : { outputs }) });
      compiled ??= backend.compile(graph, weights, options);
      return (await compiled).run(inputs, { signal });
    },
    async end() {
      try {
        await (await compiled)?.[Symbol.asyncDispose]();
      } catch {
        // What failed to compile has failed its checks; how programs are disposed is for the behaviour suite.
      }
    },
  };
}

/** Calls a function at most once and gives the same answer, or the same error, to all. */
function once<A extends unknown[], T>(f: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let result: Promise<T> | undefined;
  return (...args) => (result ??= f(...args));
}
