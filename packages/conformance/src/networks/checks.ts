import type { Backend, Capabilities, Graph, Program, Tensor, TensorMap, Weights } from '@alexnet/core';
import type { CheckDefinition } from '../check.ts';
import { compare } from '../compare.ts';
import { opNotDeclared } from '../ops/check.ts';
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
export function networkCheckIds({ variant, images }: NetworkUnderTest): string[] {
  const layers = images.flatMap(({ name }) => variant.graph.nodes.map((node) => layerId(variant.id, name, node.name)));
  return [...layers, ...images.map(({ name }) => endToEndId(variant.id, name))];
}

const layerId = (variant: string, image: string, layer: string) => `network/${variant}/${image}/${layer}`;
const endToEndId = (variant: string, image: string) => `network/${variant}/${image}/end-to-end`;

/** First every layer alone, on the oracle's values; then the network as it is. One copy of the weights is on the device at a time. */
export function networkStages(network: NetworkUnderTest, expected: Expected): NetworkStage[] {
  return [layersStage(network, expected), endToEndStage(network, expected)];
}

function layersStage({ variant, weights, images }: NetworkUnderTest, expected: Expected): NetworkStage {
  const graph = teacherForced(variant.graph);
  const program = lazyProgram(graph, weights);
  const checks = images.flatMap((image): CheckDefinition[] => {
    const layers = expected.get(image.name)!;
    const outputs = once((backend: Backend, signal: AbortSignal) =>
      program.run(backend, givenValues(variant.graph, image.tensor, layers), signal),
    );
    return variant.graph.nodes.map((node) => ({
      id: layerId(variant.id, image.name, node.name),
      suite: 'network',
      name: `${node.name} of ${variant.id} on ${image.name} agrees with the oracle, given the oracle's layers before it`,
      why: `a wrong ${node.op} layer shows here and in no other`,
      op: node.op,
      variant: variant.id,
      image: image.name,
      layer: node.name,
      notDeclared: (capabilities) => opsNotDeclared(variant.graph, capabilities),
      async run(backend, signal) {
        const { want, allowed } = layers.get(node.name)!;
        return compare((await outputs(backend, signal))[node.name], want, allowed);
      },
    }));
  });
  return { checks, end: program.end };
}

function endToEndStage({ variant, weights, images }: NetworkUnderTest, expected: Expected): NetworkStage {
  const { logits, probabilities } = endOf(variant.graph);
  const program = lazyProgram(variant.graph, weights, [probabilities, logits]);
  const input = variant.graph.inputs[0]!.name;
  const checks = images.map((image): CheckDefinition => {
    const facts = { id: endToEndId(variant.id, image.name), variant: variant.id, image: image.name };
    return {
      ...facts,
      suite: 'network',
      name: `${variant.id} on ${image.name} ends in the oracle's classes and probabilities`,
      why: 'fused and rearranged layers show only in the network as a whole',
      notDeclared: (capabilities) => opsNotDeclared(variant.graph, capabilities),
      async run(backend, signal) {
        const outputs = await program.run(backend, { [input]: image.tensor }, signal);
        return judgeEndToEnd(facts, variant.graph, expected.get(image.name)!, outputs);
      },
    };
  });
  return { checks, end: program.end };
}

function opsNotDeclared(graph: Graph, capabilities: Capabilities): string | undefined {
  return graph.nodes.map(({ op }) => opNotDeclared(op, capabilities)).find((reason) => reason !== undefined);
}

/** What a teacher-forced graph reads: the image, and the oracle's values as float32. */
function givenValues(graph: Graph, image: Tensor, layers: ReadonlyMap<string, ExpectedLayer>): TensorMap {
  const [input] = graph.inputs;
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  const values = [...layers]
    .filter(([name]) => read.has(name))
    .map(
      ([name, { want }]) =>
        [givenName(graph, name), { shape: want.shape, data: Float32Array.from(want.data) }] as const,
    );
  return Object.fromEntries([[input!.name, image], ...values]);
}

/** A program that is compiled at the first run. */
function lazyProgram(graph: Graph, weights: Weights, outputs?: readonly string[]) {
  let compiled: Promise<Program> | undefined;
  return {
    async run(backend: Backend, inputs: TensorMap, signal: AbortSignal): Promise<TensorMap> {
      compiled ??= backend.compile(graph, weights, { signal, ...(outputs === undefined ? {} : { outputs }) });
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
