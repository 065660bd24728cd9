import type { KernelChoice } from '../kernels/kernels.ts';

/** A word of a kernel's parameters: u32, or f32 where `float` says so. */
export type Word = number | { readonly float: number };

/** Workgroups in x, y, z. */
export type Groups = readonly [x: number, y: number, z: number];

/** A buffer on the device, by name. */
export type BufferName = string;

/** What one dispatch needs for a given batch. */
export interface Dispatch {
  readonly choice: KernelChoice;
  readonly params: readonly Word[];
  readonly groups: Groups;
  /** Bound in this order, after the parameters: what is read, what is written, what else is read, then constants. */
  readonly reads: BufferName;
  readonly writes: BufferName;
  readonly also?: readonly BufferName[];
  readonly constants: readonly BufferName[];
}

/** One node of the graph, or several that run as one, as dispatches. */
export interface Step {
  /** Names of the nodes, joined with `+`. */
  readonly nodes: string;
  readonly dispatches: readonly Dispatch[];
}

/** Invocations in a workgroup of the element-wise kernels. */
const WORKGROUP = 64;

/** Rows of workgroups that hold at least `size` invocations; a row is as long as every device allows. */
export function cover(size: number): Groups {
  const groups = Math.ceil(size / WORKGROUP);
  const x = Math.min(groups, 32_768);
  return [x, Math.ceil(groups / x), 1];
}
