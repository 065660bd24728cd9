/*
 * Weights in the kernels' own layouts, written straight into mapped device memory.
 */

/** A buffer of constants: how many bytes, and what writes them. */
export interface Constant {
  readonly bytes: number;
  write(target: ArrayBuffer): void;
}

/**
 * OIHW to [group][tap][vec4 of c][c in the vec4][vec4 of o in the group], both filled up with zeros. Several groups must fill their vec4s.
 * A linear layer's [out, in] is the case of one group and one tap.
 */
export function matrixConstant(
  data: Float32Array,
  { groups, out, perGroup, taps }: { groups: number; out: number; perGroup: number; taps: number },
): Constant {
  const groupOut = out / groups;
  const inVectors = Math.ceil(perGroup / 4);
  const pitch = Math.ceil(groupOut / 4) * 4;
  return {
    bytes: groups * taps * inVectors * 4 * pitch * 4,
    write(target) {
      const y = new Float32Array(target);
      for (let g = 0; g < groups; g++) {
        for (let first = 0; first < groupOut; first += BLOCK) {
          const last = Math.min(first + BLOCK, groupOut);
          for (let tap = 0; tap < taps; tap++) {
            const block = (g * taps + tap) * inVectors * 4;
            for (let c = 0; c < perGroup; c++) {
              const at = (block + c) * pitch;
              for (let o = first; o < last; o++) y[at + o] = data[((g * groupOut + o) * perGroup + c) * taps + tap]!;
            }
          }
        }
      }
    },
  };
}

/** Rows that are transposed together: few enough that all their cache lines stay. */
const BLOCK = 16;

/** Values one after the other, each list filled up with zeros to whole vec4s. */
export function vectorConstant(...lists: readonly (readonly number[] | Float32Array)[]): Constant {
  const pitch = Math.ceil(lists[0]!.length / 4) * 4;
  return {
    bytes: lists.length * pitch * 4,
    write(target) {
      const y = new Float32Array(target);
      for (const [i, list] of lists.entries()) y.set(list, i * pitch);
    },
  };
}

/** Values as they are, filled up to a whole vec4. */
export function plainConstant(data: Float32Array): Constant {
  return {
    bytes: Math.ceil(data.length / 4) * 16,
    write: (target) => new Float32Array(target).set(data),
  };
}
