import { AlexNetError, buildGraph, createVariant, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import {
  type CheckpointFile,
  type CheckpointLayer,
  type CheckpointTensor,
  tensorflowLayout,
  torchLayout,
} from '../checkpoint-file.ts';
import { fakeFile, fakeTensor, floatTensor } from '../testing/fake-file.ts';
import { mapTensors } from './map-tensors.ts';

const graph = buildGraph('tiny', { name: 'input', shape: [3, 9, 7] })
  .conv2d('conv1', 4, [3, 2])
  .relu('relu1')
  .flatten('flatten')
  .linear('fc6', 5)
  .build();

/** The tensors of a file that fits, under the names given for conv1's weight and bias and fc6's. */
const tensors = (names: readonly [string, string, string, string]) =>
  new Map([
    [names[0], fakeTensor([4, 3, 3, 2])],
    [names[1], fakeTensor([4])],
    [names[2], fakeTensor([5, 168])],
    [names[3], fakeTensor([5])],
  ]);
const own = ['conv1.weight', 'conv1.bias', 'fc6.weight', 'fc6.bias'] as const;
const torch = ['features.0.weight', 'features.0.bias', 'classifier.1.weight', 'classifier.1.bias'] as const;

async function failure(file: CheckpointFile, of = graph): Promise<string> {
  const error: unknown = await mapTensors(of, file).catch((caught: unknown) => caught);
  if (error instanceof AlexNetError && error.code === 'invalid-weights') return error.message;
  throw new Error('it did not fail as it should', { cause: error });
}

describe('names', () => {
  const known: readonly [id: string, names: readonly string[]][] = [
    ['alexnet', own],
    ['torchvision', torch],
    ['torchvision', torch.map((name) => `module.${name}`)], // of DataParallel
    ['torchvision', torch.map((name) => `_orig_mod.module.${name}`)], // compiled, then wrapped
    ['alexnet', own.map((name) => `model.${name}`)], // of a Lightning module
    ['onnx-zoo', ['conv1_w_0', 'conv1_b_0', 'fc6_w_0', 'fc6_b_0']],
    ['kratzert', ['conv1/weights', 'conv1/biases', 'fc6/weights', 'fc6/biases']],
    ['keras', ['conv1/kernel', 'conv1/bias', 'fc6/kernel', 'fc6/bias']],
  ];
  it.each(known)('recognises those of %s: %j', async (id, names) => {
    const file = fakeFile(tensors(names as [string, string, string, string]));
    const { convention, weights, unused, matched } = await mapTensors(graph, file);
    expect([convention, unused]).toEqual([id, []]);
    expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual(
      graph.parameters.map(({ name, shape }) => [name, shape]),
    );
    expect(matched.map(({ tensor }) => tensor)).toEqual(names);
  });

  it.each([
    ['keras', ['gamma', 'beta', 'moving_mean', 'moving_variance'], '/'],
    ['pytorch', ['weight', 'bias', 'running_mean', 'running_var'], '.'],
    ['alexnet', ['scale', 'bias', 'mean', 'variance'], '.'],
  ] as const)('knows the four vectors of batch norm in %s', async (id, parts, separator) => {
    const normed = buildGraph('normed', { name: 'input', shape: [3, 5, 4] })
      .batchNorm('bn1', 1e-3)
      .build();
    const vectors = parts.map((part, i) => [`bn1${separator}${part}`, floatTensor([3], [i, i, i])] as const);
    const { weights, convention } = await mapTensors(normed, fakeFile(vectors));
    expect(convention).toBe(id);
    expect([...weights.values()].map(({ data }) => data[2])).toEqual([0, 1, 2, 3]);
  });

  it('goes with the convention that finds most, and reports the rest as unused', async () => {
    const file = fakeFile(
      tensors(torch)
        .set('conv1.bias', fakeTensor([4]))
        .set('epoch', fakeTensor([])),
    );
    const { convention, unused } = await mapTensors(graph, file);
    expect([convention, unused]).toEqual(['torchvision', ['conv1.bias', 'epoch']]);
  });

  it('takes a vector that has axes of one element around it', async () => {
    const file = fakeFile(tensors(own).set('fc6.bias', fakeTensor([1, 1, 1, 5])));
    expect((await mapTensors(graph, file)).weights.get('fc6.bias')!.shape).toEqual([5]);
  });
});

describe('layouts', () => {
  /** Each element has its own value, made of its place in our layout. */
  const wanted = {
    conv: (o: number, i: number, y: number, x: number) => o * 1000 + i * 100 + y * 10 + x,
    linear: (o: number, c: number, y: number, x: number) => o * 1000 + c * 100 + y * 10 + x,
  };
  const image = [4, 7, 6] as const; // what conv1 makes of 9x7
  const range = (n: number) => [...Array(n).keys()];
  const hwio = range(3).flatMap((y) =>
    range(2).flatMap((x) => range(3).flatMap((i) => range(4).map((o) => wanted.conv(o, i, y, x)))),
  );
  const oihw = range(4).flatMap((o) =>
    range(3).flatMap((i) => range(3).flatMap((y) => range(2).map((x) => wanted.conv(o, i, y, x)))),
  );
  /** fc6's inputs in an order, each as a function of the output. */
  const chw = range(image[0]).flatMap((c) =>
    range(image[1]).flatMap((y) => range(image[2]).map((x) => [c, y, x] as const)),
  );
  const hwc = range(image[1]).flatMap((y) =>
    range(image[2]).flatMap((x) => range(image[0]).map((c) => [c, y, x] as const)),
  );
  const inOut = (inputs: typeof chw) => inputs.flatMap(([c, y, x]) => range(5).map((o) => wanted.linear(o, c, y, x)));
  const outIn = (inputs: typeof chw) => range(5).flatMap((o) => inputs.map(([c, y, x]) => wanted.linear(o, c, y, x)));

  it.each([
    { conv: 'OIHW', linear: 'OI', flatten: 'CHW', values: [oihw, outIn(chw)], conversions: [undefined, undefined] },
    { conv: 'OIHW', linear: 'OI', flatten: 'HWC', values: [oihw, outIn(hwc)], conversions: [undefined, 'HWC to CHW'] },
    {
      conv: 'HWIO',
      linear: 'IO',
      flatten: 'CHW',
      values: [hwio, inOut(chw)],
      conversions: ['HWIO to OIHW', 'transposed'],
    },
    {
      conv: 'HWIO',
      linear: 'IO',
      flatten: 'HWC',
      values: [hwio, inOut(hwc)],
      conversions: ['HWIO to OIHW', 'transposed, HWC to CHW'],
    },
  ] as const)('$conv, $linear, $flatten', async ({ values: [kernel, matrix], conversions, ...layout }) => {
    const file = fakeFile(
      [
        ['conv1.weight', floatTensor(layout.conv === 'OIHW' ? [4, 3, 3, 2] : [3, 2, 3, 4], kernel)],
        ['conv1.bias', fakeTensor([4])],
        ['fc6.weight', floatTensor(layout.linear === 'OI' ? [5, 168] : [168, 5], matrix)],
        ['fc6.bias', fakeTensor([5])],
      ],
      { layout },
    );
    const { weights, matched } = await mapTensors(graph, file);
    expect([...weights.get('conv1.weight')!.data]).toEqual(oihw);
    expect([...weights.get('fc6.weight')!.data]).toEqual(outIn(chw));
    expect([matched[0]?.conversion, matched[2]?.conversion]).toEqual(conversions);
  });

  it('is that of the layer where the file says so', async () => {
    const layers: CheckpointLayer[] = [
      { name: 'a', op: 'conv2d', weight: 'conv1.weight', bias: 'conv1.bias' },
      { name: 'b', op: 'linear', weight: 'fc6.weight', bias: 'fc6.bias', layout: { linear: 'IO' } },
    ];
    const file = fakeFile(tensors(own).set('fc6.weight', floatTensor([168, 5], inOut(chw))), { layers });
    expect([...(await mapTensors(graph, file)).weights.get('fc6.weight')!.data]).toEqual(outIn(chw));
  });

  it('rewires only the first linear layer after a flatten, through what takes each element for itself', async () => {
    const deep = buildGraph('deep', { name: 'input', shape: [2, 1, 3] })
      .flatten('flatten')
      .relu('relu5')
      .dropout('dropout6', 0.5)
      .linear('fc6', 6)
      .linear('fc7', 6)
      .build();
    const square = floatTensor([6, 6], range(36));
    const file = fakeFile(
      ['fc6', 'fc7'].flatMap((layer) => [
        [`${layer}/kernel`, square] as const,
        [`${layer}/bias`, fakeTensor([6])] as const,
      ]),
      { layout: tensorflowLayout },
    );
    const { weights } = await mapTensors(deep, file);
    // row 0 of ours is column 0 of theirs; x*2+c becomes c*3+x
    expect([...weights.get('fc6.weight')!.data.subarray(0, 6)]).toEqual([0, 12, 24, 6, 18, 30]);
    expect([...weights.get('fc7.weight')!.data.subarray(0, 6)]).toEqual([0, 6, 12, 18, 24, 30]);
  });

  it.each([
    ['F16', new Uint16Array([0x3c00, 0xc000, 0x7e00, 0x0001, 0x7c00])],
    ['BF16', new Uint16Array([0x3f80, 0xc000, 0x7fc0, 0x3380, 0x7f80])],
    ['F64', new Float64Array([1, -2, Number.NaN, 2 ** -24, Number.POSITIVE_INFINITY])],
  ] as const)('reads %s as float32, and keeps NaN and infinities', async (dtype, values) => {
    const bias = fakeTensor([5], dtype, new Uint8Array(values.buffer));
    const { weights, matched } = await mapTensors(graph, fakeFile(tensors(own).set('fc6.bias', bias)));
    expect([...weights.get('fc6.bias')!.data]).toEqual([1, -2, Number.NaN, 2 ** -24, Number.POSITIVE_INFINITY]);
    expect(matched.at(-1)?.conversion).toBe(`${dtype} to F32`);
  });
});

describe('what does not fit', () => {
  it('is listed: missing, misshapen and not expected, with both names and shapes', async () => {
    const file = fakeFile(
      tensors(torch)
        .set('features.1.bias', fakeTensor([4]))
        .set('classifier.1.weight', fakeTensor([5, 169])),
    );
    (file.tensors as Map<string, CheckpointTensor>).delete('features.0.bias');
    expect(await failure(file)).toBe(
      'The file, with torchvision names, does not fit tiny: ' +
        'fc6.weight (classifier.1.weight) has shape 5x169, not 5x168; ' +
        'missing: conv1.bias; not expected: features.1.bias; 2 of 4 parameters match. ' +
        'Check that the file belongs to this variant, with the same classes and width.',
    );
  });

  it('is integers', async () => {
    expect(await failure(fakeFile(tensors(own).set('conv1.bias', fakeTensor([4], 'I32'))))).toMatch(
      /conv1\.bias has type I32/,
    );
  });

  it('is the right size in the wrong shape', async () => {
    const file = fakeFile(tensors(own).set('fc6.weight', fakeTensor([168, 5])));
    expect(await failure(file)).toMatch(/fc6\.weight has shape 168x5, not 5x168/);
  });

  it('is a name of no convention, and a shape of no layer', async () => {
    const file = fakeFile([['a', fakeTensor([4, 3, 3, 3])]]);
    expect(await failure(file)).toMatch(/alexnet, torchvision, onnx-zoo, kratzert, keras, pytorch\): its names are a/);
    expect(await failure(fakeFile([]))).toMatch(/it has no tensors/);
  });

  it('makes short messages, whatever the file holds', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => [`${'x'.repeat(5000)}${i}`, fakeTensor([1])] as const);
    expect((await failure(fakeFile(many))).length).toBeLessThan(2000);
    const rest = tensors(own).set('fc6.bias', fakeTensor(Array(32).fill(1_000_000), 'F32', new Uint8Array(0)));
    expect((await failure(fakeFile([...many, ...rest]))).length).toBeLessThan(2000);
  });

  it('is a reader that gives fewer bytes than it should', async () => {
    const short: CheckpointTensor = { dtype: 'F32', shape: [5], read: async () => new Uint8Array(16) };
    await expect(mapTensors(graph, fakeFile(tensors(own).set('fc6.bias', short)))).rejects.toMatchObject({
      code: 'invalid-file',
    });
  });
});

describe('files whose names say nothing', () => {
  const layers = (...ops: CheckpointLayer['op'][]): CheckpointLayer[] =>
    ops.map((op, i) => ({ name: `${i}`, op, weight: `w${i}`, bias: `b${i}` }));
  const numbered = tensors(['w0', 'b0', 'w1', 'b1']);

  it('goes by the layers that the file lists, in their order', async () => {
    const file = fakeFile(numbered, { layers: layers('conv2d', 'linear') });
    expect(await mapTensors(graph, file)).toMatchObject({ convention: 'position', unused: [] });
  });

  it('does not let the order overrule names', async () => {
    const file = fakeFile(tensors(own), { layers: layers('conv2d', 'linear') });
    expect((await mapTensors(graph, file)).convention).toBe('alexnet');
  });

  it('reports a bias that a layer has not', async () => {
    const [first, second] = layers('conv2d', 'linear') as [CheckpointLayer, CheckpointLayer];
    const { bias: _, ...bare } = first;
    const file = fakeFile(numbered, { layers: [bare, second] });
    (file.tensors as Map<string, CheckpointTensor>).delete('b0');
    expect(await failure(file)).toMatch(/missing: conv1\.bias/);
  });

  it.each([
    ['one layer too many', layers('conv2d', 'conv2d', 'linear')],
    ['one too few', layers('conv2d')],
    ['another order', layers('linear', 'conv2d')],
  ])('does not go by a list with %s', async (_what, listed) => {
    const { convention } = await mapTensors(graph, fakeFile(numbered, { layers: listed }));
    expect(convention).toBe('shapes');
  });

  it("goes by the ranks of the tensors in the file's order, with the vector beside each", async () => {
    const file = fakeFile(tensors(['a.kernel', 'a.shift', 'b.kernel', 'b.shift']));
    expect(await mapTensors(graph, file)).toMatchObject({ convention: 'order', unused: [] });
  });

  it('finds tensors that alone have their shape, in whatever order they are', async () => {
    const { graph: whole } = createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 });
    const shuffled = whole.parameters
      .map(
        ({ name, shape }) =>
          [
            `${name.replace(/\D/g, '')}_${name.length}`,
            floatTensor(shape, Array(sizeOf(shape)).fill(Number(name.replace(/\D/g, '')))),
          ] as const,
      )
      .toReversed();
    const { convention, weights } = await mapTensors(whole, fakeFile(shuffled));
    expect(convention).toBe('shapes');
    expect([...weights].filter(([name]) => name.endsWith('weight')).map(([, { data }]) => data[0])).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('does not choose among more tensors of a shape than the network has', async () => {
    const file = fakeFile([...tensors(['x', 'y', 'z', 'v']), ['another', fakeTensor([5, 168])]]);
    expect(await failure(file)).toMatch(/does not fit tiny/);
  });
});

describe('memory', () => {
  const large = buildGraph('large', { name: 'input', shape: [8, 16, 16] })
    .flatten('flatten')
    .linear('fc6', 3000)
    .build();
  const elements = 3000 * 2048;

  it.each([
    ['as it is', [3000, 2048], 'F32', {}],
    ['transposed', [2048, 3000], 'F32', tensorflowLayout],
    ['in half precision', [3000, 2048], 'F16', {}],
  ] as const)('is that of the weights and a block of 1 MB, %s', async (_how, shape, dtype, layout) => {
    const reads: number[] = [];
    const width = dtype === 'F32' ? 4 : 2;
    const weight: CheckpointTensor = {
      dtype,
      shape,
      async read(from, to) {
        reads.push((to - from) * width);
        const bytes = new Uint8Array((to - from) * width);
        if (from === 0) bytes.set(dtype === 'F32' ? [0, 0, 0x80, 0x3f] : [0, 0x3c]);
        return bytes;
      },
    };
    const file = fakeFile([
      ['fc6.weight', weight],
      ['fc6.bias', fakeTensor([3000])],
    ]);
    const progress: number[] = [];
    const { weights } = await mapTensors(
      large,
      { ...file, layout: { ...file.layout, ...layout } },
      {
        onProgress: ({ done, total }) => progress.push(done / total),
      },
    );
    expect(weights.get('fc6.weight')!.data[0]).toBe(1);
    expect(Math.max(...reads)).toBeLessThanOrEqual(2 ** 20);
    expect(reads.reduce((sum, bytes) => sum + bytes)).toBe(elements * width);
    expect(progress.at(-1)).toBe(1);
    expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
  });

  it.each([
    ['OI', 'CHW'],
    ['IO', 'CHW'],
    ['IO', 'HWC'],
  ] as const)('is read straight on where the file has the axes in another order: %s, %s', async (linear, flatten) => {
    const layout = { ...torchLayout, linear, flatten };
    const shape = linear === 'OI' ? [3000, 2048] : [2048, 3000];
    const [rows, columns] = shape as [number, number];
    const values = Float32Array.from({ length: elements }, (_, i) => i);
    const rowMajor = floatTensor(shape, values);
    const columnMajor = new Float32Array(elements);
    for (let i = 0; i < elements; i++) columnMajor[(i % columns) * rows + Math.floor(i / columns)] = i;
    const stored: CheckpointTensor = {
      ...rowMajor,
      read: () => Promise.reject(new Error('out of order')),
      stored: { tensor: floatTensor([columns, rows], columnMajor), axes: [1, 0] },
    };
    const read = async (weight: CheckpointTensor) => {
      const file = fakeFile(
        [
          ['fc6.weight', weight],
          ['fc6.bias', fakeTensor([3000])],
        ],
        { layout },
      );
      return (await mapTensors(large, file)).weights.get('fc6.weight')!.data;
    };
    expect(Buffer.from((await read(stored)).buffer).equals(Buffer.from((await read(rowMajor)).buffer))).toBe(true);
  });

  it('does not copy what lies in memory as it is wanted', async () => {
    const bytes = new Uint8Array(4 * elements + 8);
    const weight: CheckpointTensor = {
      dtype: 'F32',
      shape: [3000, 2048],
      read: async (from, to) => bytes.subarray(8 + 4 * from, 8 + 4 * to),
    };
    const file = fakeFile([
      ['fc6.weight', weight],
      ['fc6.bias', fakeTensor([3000])],
    ]);
    const { data } = (await mapTensors(large, file)).weights.get('fc6.weight')!;
    expect([data.buffer === bytes.buffer, data.byteOffset, data.length]).toEqual([true, 8, elements]);
  });

  it('is copied where pieces lie in a larger buffer, and the whole in another', async () => {
    const arena = new Uint8Array(Float32Array.from({ length: elements }, (_, i) => (i < 2 ** 18 ? 1 : 2)).buffer);
    const weight: CheckpointTensor = {
      dtype: 'F32',
      shape: [3000, 2048],
      read: async (from, to) => {
        const isPiece = to - from < elements;
        return isPiece ? arena.subarray(0, 4 * (to - from)) : new Uint8Array(4 * elements);
      },
    };
    const file = fakeFile([
      ['fc6.weight', weight],
      ['fc6.bias', fakeTensor([3000])],
    ]);
    const { data } = (await mapTensors(large, file)).weights.get('fc6.weight')!;
    expect(data.every((value) => value === 1)).toBe(true);
  });

  it('is given back when the caller cancels', async () => {
    const cancel = new AbortController();
    const file = fakeFile([
      ['fc6.weight', fakeTensor([3000, 2048])],
      ['fc6.bias', fakeTensor([3000])],
    ]);
    const reading = mapTensors(large, file, { signal: cancel.signal, onProgress: () => cancel.abort() });
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });
});
