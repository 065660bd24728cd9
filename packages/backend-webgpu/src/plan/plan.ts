import { AlexNetError, type Shape } from '@alexnet/core';
import { isPlain, type Layout, layoutOf, vectorsOf } from './layout.ts';
import type { Lowered } from './lower.ts';
import { pack, unpack } from './moves.ts';
import type { BufferName, Step } from './step.ts';

/** A lowered graph: what goes in, what is computed, what comes out. */
export interface Network {
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly outputs: readonly string[];
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly lowered: readonly Lowered[];
}

/** Everything that a run with a given batch does, in order. */
export interface Plan {
  readonly batch: number;
  readonly steps: readonly Step[];
  /** Which slot of memory holds a buffer, for all that are not constants. */
  readonly slots: ReadonlyMap<BufferName, number>;
  readonly slotBytes: readonly number[];
  /** Buffers that callers write and read, in NCHW, with their bytes. */
  readonly uploads: ReadonlyMap<string, { readonly buffer: BufferName; readonly bytes: number }>;
  readonly downloads: ReadonlyMap<string, { readonly buffer: BufferName; readonly bytes: number }>;
}

export interface PlanLimits {
  /** Most bytes in one binding and in one buffer. */
  readonly bytes: number;
  /** Most workgroups in one dimension. */
  readonly groups: number;
}

/** Buffers that callers write or read, in NCHW, by value. */
export type Edges = Map<string, { readonly buffer: BufferName; readonly bytes: number }>;

/** The dispatch that brings an input into the device's layout, if one is needed. Notes its buffers and their bytes. */
export function enter(name: string, layout: Layout, batch: number, bytes: Map<BufferName, number>, uploads: Edges) {
  bytes.set(name, batch * vectorsOf(layout) * 16);
  const buffer = isPlain(layout) ? name : `${name}.host`;
  const hostBytes = batch * layout.channels * layout.height * layout.width * 4;
  bytes.set(buffer, roundUp(hostBytes));
  uploads.set(name, { buffer, bytes: hostBytes });
  return buffer === name ? [] : [pack(buffer, name, layout, batch)];
}

/** The dispatch that brings a value into the caller's layout, if one is needed. Notes its buffers and their bytes. */
export function leave(name: string, layout: Layout, batch: number, bytes: Map<BufferName, number>, downloads: Edges) {
  const buffer = isPlain(layout) ? name : `${name}.out`;
  const features = layout.channels * layout.height * layout.width;
  const hostBytes = batch * features * 4;
  bytes.set(buffer, roundUp(hostBytes));
  downloads.set(name, { buffer, bytes: hostBytes });
  return buffer === name ? [] : [unpack(name, buffer, layout, batch, features)];
}

/** Plans a batch. Errors: `out-of-memory` when the device cannot bind a value or count its workgroups, before anything is allocated. */
export function planBatch(network: Network, batch: number, limits: PlanLimits): Plan {
  const steps: Step[] = [];
  const bytes = new Map<BufferName, number>();
  const uploads: Edges = new Map();
  const downloads: Edges = new Map();
  const layout = (value: string) => layoutOf(network.shapes.get(value)!);

  /** Dispatches that bring values into and out of the device's layout run with the step before or after them. */
  const packing = [...network.inputs.keys()].flatMap((name) => enter(name, layout(name), batch, bytes, uploads));
  const unpacking = new Map(
    network.outputs.map((name) => [name, leave(name, layout(name), batch, bytes, downloads)] as const),
  );
  const after = (name: string) => unpacking.get(name) ?? [];
  const given = [...packing, ...[...network.inputs.keys()].flatMap(after)];
  for (const [i, { nodes, writes, plan, scratch }] of network.lowered.entries()) {
    bytes.set(writes, batch * vectorsOf(layout(writes)) * 16);
    if (scratch !== undefined) bytes.set(scratch.name, scratch.bytes(batch));
    steps.push({ nodes, dispatches: [...(i === 0 ? given : []), ...plan(batch), ...after(writes)] });
  }
  if (network.lowered.length === 0) steps.push({ nodes: '', dispatches: given });
  checkSizes(steps, bytes, batch, limits);
  return { batch, steps, uploads, downloads, ...assignSlots(steps, bytes, buffersOf(uploads), buffersOf(downloads)) };
}

export function buffersOf(edges: Edges): Set<BufferName> {
  return new Set([...edges.values()].map(({ buffer }) => buffer));
}

/** Errors: `out-of-memory` when the device cannot bind a buffer or count the workgroups of a dispatch. */
export function checkSizes(
  steps: Plan['steps'],
  bytes: ReadonlyMap<BufferName, number>,
  batch: number,
  limits: PlanLimits,
): void {
  const tooLarge = [...bytes].find(([, size]) => size > limits.bytes);
  const tooMany = steps.find(({ dispatches }) =>
    dispatches.some(({ groups }) => groups.some((n) => n > limits.groups)),
  );
  if (tooLarge === undefined && tooMany === undefined) return;
  throw new AlexNetError({
    code: 'out-of-memory',
    message:
      tooLarge === undefined
        ? `The device cannot count the workgroups of a batch of ${batch}`
        : `A batch of ${batch} needs ${tooLarge[1]} bytes for ${tooLarge[0]}; this device binds ${limits.bytes}`,
    fix: 'Use a smaller batch.',
    where: tooLarge?.[0] ?? tooMany!.nodes,
  });
}

/**
 * Gives every buffer a slot of memory, and a slot to as many buffers as do not live at once. `given` live from the start, `kept` to the end.
 * Buffers without bytes are not planned: they stay on the device. A dispatch never reads and writes the same slot, since WebGPU counts a whole buffer as written.
 * The smallest slot that is large enough is taken, else the largest grows.
 */
export function assignSlots(
  steps: Plan['steps'],
  bytes: ReadonlyMap<BufferName, number>,
  given: ReadonlySet<BufferName>,
  kept: ReadonlySet<BufferName>,
): Pick<Plan, 'slots' | 'slotBytes'> {
  const dispatches = steps.flatMap((step) => step.dispatches);
  const planned = (names: readonly BufferName[]) => names.filter((name) => bytes.has(name));
  const lastUse = new Map<BufferName, number>();
  for (const [i, { reads, writes, also = [] }] of dispatches.entries()) {
    for (const name of planned([reads, writes, ...also])) lastUse.set(name, i);
  }
  const slots = new Map<BufferName, number>();
  const slotBytes: number[] = [];
  const free = new Set<number>();
  const take = (name: BufferName) => {
    const wanted = bytes.get(name)!;
    const candidates = [...free].sort((a, b) => slotBytes[a]! - slotBytes[b]!);
    const slot = candidates.find((each) => slotBytes[each]! >= wanted) ?? candidates.at(-1) ?? slotBytes.length;
    free.delete(slot);
    slotBytes[slot] = Math.max(slotBytes[slot] ?? 0, wanted);
    slots.set(name, slot);
  };
  for (const name of given) take(name);
  for (const [i, { reads, writes, also = [] }] of dispatches.entries()) {
    if (bytes.has(writes) && !slots.has(writes)) take(writes);
    for (const name of planned([reads, writes, ...also])) {
      if (lastUse.get(name)! <= i && !kept.has(name)) free.add(slots.get(name)!);
    }
  }
  return { slots, slotBytes };
}

/** Buffers are copied and bound in whole vec4s. */
function roundUp(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
