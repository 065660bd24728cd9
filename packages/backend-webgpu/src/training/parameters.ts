import {
  AlexNetError,
  checkState,
  type GivenState,
  type Optimiser,
  sizeOf,
  slotName,
  slotShapes,
  slotsOf,
  type Tensor,
  type Weights,
} from '@alexnet/core';
import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import { deviceError } from '../device/errors.ts';
import type { BufferName } from '../plan/step.ts';
import type { Constant } from '../plan/weights.ts';
import type { TrainingNetwork } from './network.ts';
import { CLIP, STEP, slotBuffer } from './updates.ts';

/** What training changes and keeps on the device: parameters, the optimiser's tensors, the numbers of a step. */
export interface Parameters {
  readonly buffers: ReadonlyMap<BufferName, GPUBuffer>;
  readonly bytes: number;
  /**
   * Writes over all that is there; slots that are missing become 0. Errors: `invalid-weights`, before anything is written; `out-of-memory`,
   * after which a part of it may be: `checkWhole` throws until a state is written whole.
   */
  write(state: GivenState): Promise<void>;
  /** Errors: `backend-failure` for parameters of which some are of one state and some of another. */
  checkWhole(): void;
  writeStep(numbers: { readonly learningRate: number }): void;
  /** Errors: `device-lost`, `out-of-memory`. */
  readWeights(): Promise<Weights>;
  /** Errors: the same. */
  readSlots(): Promise<Weights>;
  release(): void;
}

/** A buffer and the tensor that it holds, or a part of it. */
interface Held {
  readonly buffer: BufferName;
  readonly tensor: string;
  readonly constant: Constant;
}

/** Errors: `out-of-memory`, `backend-failure`, `device-lost`. */
export async function createParameters(
  device: Device,
  { training, constants, parameterBuffers }: TrainingNetwork,
  { rule }: Optimiser,
): Promise<Parameters> {
  const { gpu, memory } = device;
  const shapes = new Map(training.parameters.map(({ name, shape }) => [name, shape]));
  const weightTensors = [...constants].flatMap(([buffer, constant]) =>
    constant.reads.map((tensor): Held => ({ buffer, tensor, constant })),
  );
  const slotTensors = training.gradients.flatMap(({ parameter }) =>
    slotsOf(rule).flatMap((slot) =>
      parameterBuffers(parameter).map(
        ({ name }): Held => ({
          buffer: slotBuffer(name, slot),
          tensor: slotName(parameter, slot),
          constant: constants.get(name)!,
        }),
      ),
    ),
  );
  /** Parameters that nothing on the device reads. */
  let others: Weights = new Map();
  let isWhole = false;

  const buffers = await allocate(device, [
    ...[...constants].map(([name, { bytes }]) => ({ name, bytes: Math.max(16, bytes), usage: GPUBufferUsage.STORAGE })),
    ...slotTensors.map(({ buffer, constant: { bytes } }) => ({ name: buffer, bytes, usage: GPUBufferUsage.STORAGE })),
    { name: STEP, bytes: 16, usage: GPUBufferUsage.UNIFORM },
    { name: CLIP, bytes: 16, usage: GPUBufferUsage.STORAGE },
  ]);

  const put = (name: BufferName, data: ArrayBuffer) => gpu.queue.writeBuffer(buffers.get(name)!, 0, data);
  const readBuffer = async (name: BufferName): Promise<Float32Array> => {
    const source = buffers.get(name)!;
    const { made: readback, refused } = attempt(gpu, () => {
      const buffer = memory.allocate('state', source.size, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
      const encoder = gpu.createCommandEncoder();
      encoder.copyBufferToBuffer(source, 0, buffer, 0, source.size);
      gpu.queue.submit([encoder.finish()]);
      return buffer;
    });
    try {
      const mapped = readback.mapAsync(GPUMapMode.READ);
      mapped.catch(() => {}); // what was refused says why
      const error = await device.whileAlive(refused);
      if (error !== null) throw error;
      await device.whileAlive(mapped);
      return new Float32Array(readback.getMappedRange().slice(0));
    } finally {
      memory.free(readback);
    }
  };
  /** One buffer after the other: the host holds no second copy of all. */
  const readInto = async (tensors: ReadonlyMap<string, Tensor>, held: readonly Held[]) => {
    for (const { buffer, tensor, constant } of held)
      constant.read?.(await readBuffer(buffer), tensors.get(tensor)!.data);
    return tensors;
  };

  return {
    buffers,
    bytes: [...buffers.values()].reduce((sum, { size }) => sum + size, 0),
    async write(given) {
      const { weights } = given;
      const slots = checkState(training, rule, given);
      const written = slotTensors.filter(({ tensor }) => slots.has(tensor));
      const cleared = slotTensors.filter(({ tensor }) => !slots.has(tensor));
      isWhole = false;
      const { refused } = attempt(gpu, () => {
        for (const [name, constant] of constants) {
          const target = new ArrayBuffer(Math.max(16, constant.bytes));
          constant.write(target, (parameter) => weights.get(parameter)!.data);
          put(name, target);
        }
        for (const { buffer, tensor, constant } of written) {
          const target = new ArrayBuffer(constant.bytes);
          constant.write(target, () => slots.get(tensor)!.data);
          put(buffer, target);
        }
        const encoder = gpu.createCommandEncoder();
        for (const { buffer } of cleared) encoder.clearBuffer(buffers.get(buffer)!); // no zeros are copied from the host
        gpu.queue.submit([encoder.finish()]);
        put(CLIP, Float32Array.of(1, 0, 0, 0).buffer);
      });
      const error = await device.whileAlive(refused);
      if (error !== null) throw error;
      const onDevice = new Set(weightTensors.map(({ tensor }) => tensor));
      const rest = training.parameters.filter(({ name }) => !onDevice.has(name));
      others = new Map(rest.map(({ name, shape }) => [name, { shape, data: weights.get(name)!.data.slice() }]));
      isWhole = true;
    },
    checkWhole() {
      if (isWhole) return;
      throw new AlexNetError({
        code: 'backend-failure',
        message: 'The state that was loaded last could not be written as a whole, so the parameters are a mixture',
        fix: 'Load a state again.',
      });
    },
    writeStep: ({ learningRate }) => put(STEP, Float32Array.of(learningRate, 0, 0, 0).buffer),
    async readWeights() {
      const empty = [...shapes].map(([name, shape]) => [name, others.get(name) ?? zeros(shape)] as const);
      const copied = empty.map(([name, { shape, data }]) => [name, { shape, data: data.slice() }] as const);
      return readInto(new Map(copied), weightTensors);
    },
    readSlots: () =>
      readInto(new Map([...slotShapes(training, rule)].map(([name, shape]) => [name, zeros(shape)])), slotTensors),
    release() {
      for (const buffer of buffers.values()) memory.free(buffer);
      others = new Map();
    },
  };
}

async function allocate(
  { gpu, memory }: Device,
  wanted: readonly { readonly name: BufferName; readonly bytes: number; readonly usage: GPUBufferUsageFlags }[],
): Promise<Map<BufferName, GPUBuffer>> {
  const buffers = new Map<BufferName, GPUBuffer>();
  const release = () => {
    for (const buffer of buffers.values()) memory.free(buffer);
  };
  const copied = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  try {
    const { refused } = attempt(gpu, () => {
      for (const { name, bytes, usage } of wanted) buffers.set(name, memory.allocate(name, bytes, usage | copied));
    });
    const error = await refused;
    if (error !== null) throw error;
    return buffers;
  } catch (cause) {
    release();
    throw deviceError(cause, 'weights');
  }
}

function zeros(shape: Tensor['shape']): Tensor {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}
