import { bytesOf, encodeModel, MICROSOFT } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import type { Engine } from './engine.ts';

/**
 * The engine, set up to add up products of whole numbers without loss. Processors of x64 without 8-bit dot products add two products in 16 bits,
 * where large ones do not fit; the engine can be told to widen them first, which takes twice as long, also where there is no need for it.
 * So the largest products there are get added up, to see what happens. Errors: those of the engine.
 */
export async function withExactSums(engine: Engine): Promise<Engine> {
  if (await addsExactly(engine)) return engine;
  return { ...engine, session: { ...engine.session, extra: { session: { x64quantprecision: '1' } } } };
}

const TERMS = 64;
const OUTPUTS = 32;

/** y = sum of 255 * 127. */
async function addsExactly({ runtime, session: options }: Engine): Promise<boolean> {
  const float = (name: string, values: readonly number[], shape: readonly number[]) =>
    ({ name, shape, type: 'float32', data: bytesOf(Float32Array.from(values)) }) as const;
  const model = encodeModel({
    name: 'sums',
    nodes: [
      { op: 'QuantizeLinear', name: 'q', inputs: ['x', 'one', 'zero'], output: 'q' },
      {
        op: 'QGemm',
        domain: MICROSOFT,
        name: 'y',
        inputs: ['q', 'one', 'zero', 'weight', 'ones', 'zeros'],
        output: 'y',
        attributes: { transB: 1 },
      },
    ],
    initializers: [
      float('one', [1], []),
      float(
        'ones',
        Array.from({ length: OUTPUTS }, () => 1),
        [OUTPUTS],
      ),
      { name: 'zero', shape: [], type: 'uint8', data: Uint8Array.of(0) },
      { name: 'zeros', shape: [OUTPUTS], type: 'int8', data: new Uint8Array(OUTPUTS) },
      { name: 'weight', shape: [OUTPUTS, TERMS], type: 'int8', data: new Uint8Array(OUTPUTS * TERMS).fill(127) },
    ],
    inputs: [{ name: 'x', shape: [TERMS] }],
    outputs: [{ name: 'y', shape: [OUTPUTS] }],
  });
  const session = await runtime.InferenceSession.create(concatenate(model), options);
  const x = new runtime.Tensor('float32', new Float32Array(TERMS).fill(255), [1, TERMS]);
  const { y } = await session.run({ x }, ['y']);
  await session.release();
  return (y!.data as Float32Array).every((sum) => sum === TERMS * 255 * 127);
}
