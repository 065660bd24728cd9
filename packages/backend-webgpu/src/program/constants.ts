import { type StoredWeight, tensorOf, type WeightSource } from '@alexnet/core';
import type { Device } from '../device/device.ts';
import type { BufferName } from '../plan/step.ts';
import type { Constant, Declared } from '../plan/weights.ts';
import { type Uploads, uploadsOf } from './uploads.ts';
import { writeLinearWeight } from './write-linear.ts';

/** Buffers that every run reads: weights in the kernels' layouts. */
export type ConstantBuffers = ReadonlyMap<BufferName, GPUBuffer>;

export interface UploadOptions {
  /** How the device keeps linear layers' weights. */
  readonly precision: StoredWeight['precision'];
  /** Most bytes of a linear layer's weight, counted as float32, that are on the host at once. */
  readonly chunkBytes: number;
  /** Lets others work, and throws where nobody waits any more. */
  pause(): Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes every constant once, in the order in which the parameters arrive. Of a linear layer's weight, some rows are on the host at a time; all other
 * parameters are there whole, until what is made of them is written. Frees everything when it fails.
 * Errors: those of the source, `out-of-memory`, `backend-failure`, `device-lost`.
 */
export async function uploadConstants(
  device: Device,
  source: WeightSource,
  declared: Declared,
  options: UploadOptions,
): Promise<ConstantBuffers> {
  const uploads = uploadsOf(device);
  try {
    const small = smallConstants(declared.constants, uploads);
    for (const name of source.parameters.keys()) {
      const linear = declared.linear.filter(({ parameter }) => parameter === name);
      if (linear.length > 0) await writeLinearWeight(device, uploads, source, linear, options);
      if (!small.wants(name)) continue;
      const { data } = tensorOf(await source.read(name, { signal: options.signal }), name);
      small.give(name, data);
      await options.pause();
    }
    await uploads.settled();
    return uploads.buffers;
  } catch (error) {
    uploads.release();
    throw error;
  }
}

/** Holds parameters until all that a constant is made of are there. */
function smallConstants(constants: Declared['constants'], uploads: Uploads) {
  const readers = new Map<string, Set<BufferName>>();
  const values = new Map<string, Float32Array>();
  for (const [name, { reads }] of constants) {
    for (const parameter of reads) readers.set(parameter, (readers.get(parameter) ?? new Set()).add(name));
  }
  const write = (name: BufferName, { bytes, reads, write: fill }: Constant) => {
    uploads.write(name, bytes, (target) => fill(target, (parameter) => values.get(parameter)!));
    for (const parameter of reads) {
      readers.get(parameter)!.delete(name);
      if (readers.get(parameter)!.size === 0) values.delete(parameter);
    }
  };
  for (const [name, constant] of constants) if (constant.reads.length === 0) write(name, constant);
  return {
    wants: (parameter: string) => readers.has(parameter),
    give(parameter: string, data: Float32Array) {
      values.set(parameter, data);
      for (const name of [...readers.get(parameter)!]) {
        const constant = constants.get(name)!;
        if (constant.reads.every((each) => values.has(each))) write(name, constant);
      }
    },
  };
}
