import { createVariant } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { sameOps } from '../identify/same-ops.ts';
import { exportedModel } from '../testing/exported-model.ts';
import { manifest, node, openModel } from '../testing/tfjs-model.ts';

const text = (value: string) => ({ s: btoa(value) });
const numbers = (...values: number[]) => ({ list: { i: values.map(String) } });

describe('the steps of a graph', () => {
  it("are those of the exporter's network, and of no other with the same tensors", async () => {
    const { ops } = await exportedModel();
    const fits = (id: string) => sameOps(createVariant(id, { width: 1 / 32, classes: 3 }).graph, ops!);
    expect(['caffenet', 'bvlc-alexnet', 'paper', 'onnx-zoo'].filter(fits)).toEqual(['bvlc-alexnet']);
  });

  const ops = async (...nodes: object[]) => {
    const weights = manifest([{ name: 'w', shape: [3, 5, 1, 1], dtype: 'uint8' }]);
    const topology = { node: [node('x', 'Placeholder'), node('w', 'Const'), ...nodes] };
    return (await openModel({ ...weights, modelTopology: topology }, { 'w.bin': new Uint8Array(15) })).ops;
  };
  const conv = (attr: object) => node('c', 'Conv2D', ['x', 'w'], { strides: numbers(1, 1, 1, 1), ...attr });

  it.each([
    { why: 'VALID', nodes: [conv({ padding: text('VALID') })], pads: [0, 0, 0, 0] },
    { why: 'SAME', nodes: [conv({ padding: text('SAME') })], pads: [1, 2, 1, 2] },
    {
      why: 'SAME with a stride',
      nodes: [conv({ padding: text('SAME'), strides: numbers(1, 2, 2, 1) })],
      pads: undefined,
    },
    {
      why: 'EXPLICIT',
      nodes: [conv({ padding: text('EXPLICIT'), explicit_paddings: numbers(0, 0, 1, 2, 3, 4, 0, 0) })],
      pads: [1, 3, 2, 4],
    },
    {
      why: 'a node of its own',
      nodes: [node('p', 'Pad', ['x', 'n']), { ...conv({ padding: text('VALID') }), input: ['p', 'w'] }],
      pads: undefined,
    },
  ])('tell padding: $why', async ({ nodes, pads }) => {
    expect((await ops(...nodes))!.map((op) => op.pads)).toEqual([pads]);
  });

  it('have the constants of a normalisation in the convention of ONNX', async () => {
    const attr = { depth_radius: { i: '2' }, alpha: { f: 2e-5 }, beta: { f: 0.75 }, bias: { f: 1 } };
    expect(await ops(node('n', 'LRN', ['x'], attr))).toEqual([
      { op: 'lrn', size: 5, alpha: 1e-4, beta: 0.75, bias: 1 },
    ]);
  });

  it('are not told where a node is of another kind', async () => {
    expect(await ops(node('n', 'Sub', ['x', 'w']))).toBeUndefined();
  });
});
