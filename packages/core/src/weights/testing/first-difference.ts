/** The index of the first value that differs, -1 where none does; quicker than a comparison that shows all. */
export function firstDifference(a: Float32Array, b: Float32Array): number {
  return a.length === b.length ? a.findIndex((value, i) => !Object.is(value, b[i])) : 0;
}
