import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type OnnxGraph, type OnnxValue, readOnnxGraph, readOnnxValue } from '@alexnet/checkpoints';
import { AlexNetError, type Graph, type Tensor, tensor, type Weights } from '@alexnet/core';
import { readBytes } from '../files.ts';
import type { FoundTest } from './find-tests.ts';

/** A test that our graphs can express. */
export interface OnnxTest {
  readonly name: string;
  readonly graph: Graph;
  readonly weights: Weights;
  readonly input: Tensor;
  /** What ONNX expects of the graph's output. */
  readonly expected: Tensor;
}

/** A test, or why it is none of ours. */
export type ReadTest =
  | { readonly applies: true; readonly tests: readonly OnnxTest[] }
  | { readonly applies: false; readonly reasons: readonly string[] };

/** Reads a test, one for each of its data sets. Errors: `invalid-file` for damaged files, `aborted`. */
export async function readTest({ name, model, dataSets, output }: FoundTest, signal: AbortSignal): Promise<ReadTest> {
  const bytes = await readBytes(model);
  const tests: OnnxTest[] = [];
  for (const [index, folder] of dataSets.entries()) {
    const given = (await valuesIn(folder, 'input')) ?? [];
    const read = await readOnnxGraph(bytes, { given, signal });
    if (!read.applies) return notOurs(read);
    const outputs = await valuesIn(folder, 'output');
    const label = dataSets.length === 1 ? name : `${name}/${index}`;
    const test = testOf(label, read, floatsOf(given[read.places[0]!]), outputs?.map(floatsOf));
    if (typeof test === 'string') return { applies: false, reasons: [test] };
    tests.push(test);
  }
  if (output === undefined) return { applies: true, tests };
  const read = await readOnnxGraph(bytes, { signal });
  if (!read.applies) return notOurs(read);
  const shape = [1, ...read.graph.inputs[0]!.shape];
  const expected = floatsOf(await readOnnxValue(await readBytes(output), output));
  const test = testOf(name, read, ramp(shape), [expected]);
  return typeof test === 'string' ? { applies: false, reasons: [test] } : { applies: true, tests: [test] };
}

function notOurs({ reasons }: Extract<OnnxGraph, { applies: false }>): ReadTest {
  return { applies: false, reasons: [...new Set(reasons.map(({ reason }) => reason))] };
}

function testOf(
  name: string,
  { graph, weights, places }: Extract<OnnxGraph, { applies: true }>,
  input: Tensor | undefined,
  outputs: readonly (Tensor | undefined)[] | undefined,
): OnnxTest | string {
  const expected = outputs?.[0];
  if (places.length !== 1 || graph.outputs.length !== 1) return 'the model has several inputs or outputs';
  if (input === undefined || expected === undefined) return 'the data set lacks an input or output of float32';
  return { name, graph, weights, input, expected };
}

/** What ONNX's runner feeds to models that come without an input: i / n, as float32. */
function ramp(shape: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => i / size) };
}

/** The tensors `input_0.pb`, `input_1.pb`, ... of a data set; undefined when one is no tensor of numbers. */
async function valuesIn(folder: string, kind: 'input' | 'output'): Promise<OnnxValue[] | undefined> {
  const files = (await readdir(folder)).filter((name) => name.startsWith(`${kind}_`) && name.endsWith('.pb'));
  const ordered = files.toSorted(
    (a, b) => Number.parseInt(a.slice(kind.length + 1), 10) - Number.parseInt(b.slice(kind.length + 1), 10),
  );
  try {
    return await Promise.all(ordered.map(async (file) => readOnnxValue(await readBytes(join(folder, file)), file)));
  } catch (error) {
    if (error instanceof AlexNetError) return undefined; // sequences, optionals and texts are in such files too
    throw error;
  }
}

function floatsOf(value: OnnxValue | undefined): Tensor | undefined {
  if (value?.dtype !== 'F32') return undefined;
  return tensor(value.shape, new Float32Array(new Uint8Array(value.data).buffer));
}
