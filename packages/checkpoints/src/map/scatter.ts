/** `extent` steps of `stride` elements each. */
export interface Axis {
  readonly extent: number;
  readonly stride: number;
}

/** Axes that are stepped through as one become one: a tensor that lies as it should has a single axis. */
export function joined(axes: readonly Axis[]): readonly Axis[] {
  const result: Axis[] = [];
  for (const axis of axes.filter(({ extent }) => extent !== 1)) {
    const outer = result.at(-1);
    if (outer?.stride === axis.extent * axis.stride) {
      result[result.length - 1] = { extent: outer.extent * axis.extent, stride: axis.stride };
    } else result.push(axis);
  }
  return result.length === 0 ? [{ extent: 1, stride: 1 }] : result;
}

/** Columns that are written one after the other before the next are looked at: so many pages of memory are in use at once. */
const TILE = 64;

/**
 * Puts elements that follow each other in one tensor to their places in another. `values` are whole rows of the innermost axis, the first
 * of them element `from` of the tensor that `axes` describe, outermost first, in steps that they make in `to`.
 */
export function scatter(values: Float32Array, from: number, axes: readonly Axis[], to: Float32Array): void {
  const { extent, stride } = axes.at(-1)!;
  if (axes.length === 1 && stride === 1) {
    to.set(values, from);
    return;
  }
  const rows = rowPlaces(axes.slice(0, -1), from / extent, values.length / extent);
  for (let tile = 0; tile < extent; tile += TILE) {
    const end = Math.min(extent, tile + TILE);
    for (const [row, place] of rows.entries()) {
      const base = row * extent;
      for (let i = tile; i < end; i++) to[place + i * stride] = values[base + i]!;
    }
  }
}

/** Where `count` rows from the `first` one on begin. */
function rowPlaces(axes: readonly Axis[], first: number, count: number): Float64Array {
  const places = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let index = first + row;
    let place = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const { extent, stride } = axes[axis]!;
      place += (index % extent) * stride;
      index = Math.floor(index / extent);
    }
    places[row] = place;
  }
  return places;
}
