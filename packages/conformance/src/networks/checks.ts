import {
  type Backend,
  type Capabilities,
  type Float64Tensor,
  type Graph,
  type Node,
  type Precision,
  type Program,
  type Tensor,
  type TensorMap,
  type Weights,
  weightsAsStored,
} from '@alexnet/core';
import { judge } from '../diagnosis/diagnose.ts';
import { diagnoseNetwork } from '../diagnosis/network/diagnose.ts';
import { subjectOf } from '../diagnosis/node-subject.ts';
import { compare } from '../numerics/compare.ts';
import { compileOptions, precisionFact, precisionNotDeclared, storedAs, suffixOf } from '../numerics/precision.ts';
import { allowedBy } from '../numerics/tolerance-winograd.ts';
import { opNotDeclared } from '../ops/check.ts';
import type { CheckDefinition } from '../run/check.ts';
import { once } from '../run/once.ts';
import { endOf, judgeEndToEnd } from './end-to-end.ts';
import type { Expected, ExpectedLayer } from './expected.ts';
import { givenName, teacherForced } from './teacher-forcing.ts';

/** A whole network to check: `weights` are seeded or real, `tensor` is a preprocessed image `[n, ...]`. */
export interface NetworkUnderTest {
  readonly variant: { readonly id: string; readonly graph: Graph };
  readonly weights: Weights;
  readonly images: readonly { readonly name: string; readonly tensor: Tensor }[];
  /** More preprocessed images, for int8 to be calibrated on. */
  readonly calibration?: readonly Tensor[];
}

/** Checks that share one program. `end` lets the program go. */
export interface NetworkStage {
  readonly checks: readonly CheckDefinition[];
  end(): Promise<void>;
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

/** Every layer alone, on the oracle's values. A wrong one is diagnosed, unless only the verdict is wanted. */
export function layersStage(
  { variant, weights, images }: NetworkUnderTest,
  expected: Expected,
  precision: Precision,
  { diagnoses = true }: { readonly diagnoses?: boolean } = {},
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
        const layers = expected.get(image.name)!;
        const { want, allowed: ordinary } = layers.get(node.name)!;
        const input = () => valueGiven(image.tensor, layers, node.inputs[0]);
        const judged = { node, input, weights, want, data: 'random' as const };
        const allowed = allowedBy(backend.capabilities, ordinary, judged);
        const facts = () => {
          const batch = image.tensor.shape[0]!;
          const operand = Float64Array.from(input().data, Math.fround);
          const known = { batch, operand, given: weights, precision, relu: false, want, allowed };
          return subjectOf(variant.graph, node, known);
        };
        const got = (await outputs(backend, signal))[node.name];
        return diagnoses ? judge(got, facts, { want, allowed }, signal) : compare(got, want, allowed);
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
  let told = false; // the cause is the same on every image, and takes seconds to find
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
        const layers = expected.get(image.name)!;
        const verdict = judgeEndToEnd(facts, variant.graph, layers, outputs);
        if (verdict.passed || verdict.endToEnd === undefined || told) return verdict;
        told = true;
        const meant = weightsAsStored(variant.graph, weights, precision);
        const subject = {
          graph: variant.graph,
          weights: meant,
          input: image.tensor,
          layers,
          logits,
          got: outputs[logits]!,
        };
        return { ...verdict, diagnosis: await diagnoseNetwork(subject, signal) };
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

/** What a layer reads: the oracle's value, or the image. */
function valueGiven(image: Tensor, layers: ReadonlyMap<string, ExpectedLayer>, name: string): Tensor | Float64Tensor {
  return layers.get(name)?.want ?? image;
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
