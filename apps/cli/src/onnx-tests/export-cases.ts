import { join } from 'node:path';
import { toOnnx, toOnnxTensor } from '@alexnet/backend-onnx';
import { type ExpectedCase, expectCase, type OpCase, opCases } from '@alexnet/conformance';
import { type OpName, throwIfAborted } from '@alexnet/core';
import { writeChunks } from '../files.ts';

/*
 * The op database as backend tests of ONNX: a folder per case, for runtimes in any language.
 *
 *     test_conv2d_two_groups_random/
 *       model.onnx
 *       test_data_set_0/input_0.pb, output_0.pb
 *       data.json      rtol, atol: where ONNX's own runner reads them
 *
 * `output_0.pb` is the oracle's value rounded to float32; `atol` the largest error that a correct kernel may make on any element.
 */

/** What was written, and what was not. */
export interface Exported {
  readonly written: readonly string[];
  readonly leftOut: readonly { readonly reason: string; readonly cases: readonly string[] }[];
}

/** Ops that move values and compute nothing: ONNX leaves no room for other bits, also where they are not finite. */
const moving: ReadonlySet<OpName> = new Set(['flatten', 'pad2d', 'dropout']);

/** Writes cases, those of f32, into a folder, the same bytes each time. Errors: `invalid-file`, `aborted`. */
export async function exportCases(
  folder: string,
  signal: AbortSignal,
  cases: readonly OpCase[] = opCases,
): Promise<Exported> {
  const written: string[] = [];
  const leftOut = new Map<string, string[]>();
  for (const opCase of cases) {
    const reason = whyNot(opCase);
    if (reason !== undefined) {
      leftOut.set(reason, [...(leftOut.get(reason) ?? []), opCase.id]);
      continue;
    }
    throwIfAborted(signal, 'export');
    const name = folderName(opCase);
    await writeCase(join(folder, name), opCase);
    written.push(name);
  }
  return { written, leftOut: [...leftOut].map(([reason, ids]) => ({ reason, cases: ids })) };
}

function whyNot({ precision, data, op }: OpCase): string | undefined {
  if (precision !== 'f32') return 'ONNX has no operator for weights that are stored like that';
  if (data.nonFinite && !moving.has(op)) return 'ONNX does not say what NaN and infinities become in arithmetic';
  return undefined;
}

/** `op/conv2d/two-groups/oneNaN` as `test_conv2d_two_groups_one_nan`. */
export function folderName({ id }: Pick<OpCase, 'id'>): string {
  const words = id.replace(/^op\//, '').replaceAll(/([a-z]{2})([A-Z])/g, '$1_$2');
  return `test_${words.replaceAll(/[^A-Za-z0-9]+/g, '_').toLowerCase()}`;
}

async function writeCase(folder: string, opCase: OpCase): Promise<void> {
  const expected = expectCase(opCase);
  const { input, weights, want } = expected;
  const output = { shape: want.shape, data: Float32Array.from(want.data) };
  const data = { atol: largestError(expected), rtol: 0, check: opCase.id, why: opCase.why };
  const text = new TextEncoder().encode(`${JSON.stringify(data, undefined, 2)}\n`);
  const files: [string, Iterable<Uint8Array>][] = [
    ['model.onnx', toOnnx(opCase.graph, weights)],
    ['test_data_set_0/input_0.pb', [toOnnxTensor(opCase.graph.inputs[0]!.name, input)]],
    ['test_data_set_0/output_0.pb', [toOnnxTensor(opCase.graph.outputs[0]!, output)]],
    ['data.json', [text]],
  ];
  for (const [path, chunks] of files) await writeChunks(join(folder, path), chunks);
}

/** The largest error that is allowed for an element, counted from the expected value as float32; 0 where it must be exact. */
export function largestError({ want, allowed }: Pick<ExpectedCase, 'want' | 'allowed'>): number {
  if (typeof allowed === 'string') return 0;
  let largest = 0;
  for (const [i, error] of allowed.entries()) {
    const rounding = Math.abs(Math.fround(want.data[i]!) - want.data[i]!);
    if (Number.isFinite(rounding)) largest = Math.max(largest, error + rounding);
  }
  return largest;
}
