import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import { deviceError } from '../device/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { BufferName, Dispatch, Word } from '../plan/step.ts';
import type { ConstantBuffers } from './constants.ts';

/** A plan with its memory, pipelines and bind groups: all that a run needs is to be encoded. */
export interface Prepared {
  readonly plan: Plan;
  readonly steps: readonly { readonly nodes: string; readonly dispatches: readonly Ready[] }[];
  buffer(name: BufferName): GPUBuffer;
  readonly bytes: number;
  release(): void;
}

/** A dispatch that can be encoded. */
export interface Ready {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly dispatch: Dispatch;
}

/** Where the parameters of a dispatch may begin in a buffer, on every device. */
const ALIGNMENT = 256;

/** Errors: `out-of-memory`, `backend-failure` with the kernel's name. */
export async function prepare(device: Device, plan: Plan, constants: ConstantBuffers): Promise<Prepared> {
  const dispatches = plan.steps.flatMap((step) => step.dispatches);
  const compiled = await Promise.all(dispatches.map(({ choice }) => device.pipelines.get(choice)));
  const { made, refused } = attempt(device.gpu, () => bind(device, plan, dispatches, compiled, constants));
  const error = await refused;
  if (error === null) return made;
  made.release();
  throw deviceError(error, 'preparing a run');
}

function bind(
  { gpu, memory }: Device,
  plan: Plan,
  dispatches: readonly Dispatch[],
  compiled: readonly GPUComputePipeline[],
  constants: ConstantBuffers,
): Prepared {
  const owned: GPUBuffer[] = [];
  const allocate = (label: string, bytes: number, usage: number, mapped = false) => {
    const buffer = memory.allocate(label, bytes, usage, mapped);
    owned.push(buffer);
    return buffer;
  };
  const release = () => {
    for (const buffer of owned) memory.free(buffer);
  };
  try {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const slots = plan.slotBytes.map((bytes, i) => allocate(`values ${i}`, bytes, usage));
    const buffer = (name: BufferName) => constants.get(name) ?? slots[plan.slots.get(name)!]!;

    const params = allocate('parameters', Math.max(1, dispatches.length) * ALIGNMENT, GPUBufferUsage.UNIFORM, true);
    const words = params.getMappedRange();
    for (const [i, dispatch] of dispatches.entries()) writeWords(words, i * ALIGNMENT, dispatch.params);
    params.unmap();

    const ready = dispatches.map((dispatch, i): Ready => {
      const pipeline = compiled[i]!;
      const bound = [dispatch.reads, dispatch.writes, ...(dispatch.also ?? []), ...dispatch.constants].map(buffer);
      const bindings = gpu.createBindGroup({
        label: dispatch.writes,
        layout: pipeline.getBindGroupLayout(0),
        entries: [
          { binding: 0, resource: { buffer: params, offset: i * ALIGNMENT, size: ALIGNMENT } },
          ...bound.map((each, j) => ({ binding: j + 1, resource: { buffer: each } })),
        ],
      });
      return { pipeline, bindings, dispatch };
    });
    const queue = ready.values();
    const steps = plan.steps.map(({ nodes, dispatches: own }) => ({
      nodes,
      dispatches: own.map(() => queue.next().value!),
    }));
    return { plan, steps, buffer, bytes: owned.reduce((sum, { size }) => sum + size, 0), release };
  } catch (error) {
    release();
    throw error;
  }
}

function writeWords(target: ArrayBuffer, offset: number, words: readonly Word[]): void {
  const integers = new Uint32Array(target, offset, words.length);
  const floats = new Float32Array(target, offset, words.length);
  for (const [i, word] of words.entries()) {
    if (typeof word === 'number') integers[i] = word;
    else floats[i] = word.float;
  }
}
