/** Where vectors, tiles and workgroups end, and a tail begins. */
export const tileExtents = [4, 8, 16, 32, 64] as const;

/** One extent just below and just above each. */
export const tails: readonly number[] = tileExtents.flatMap((extent) => [extent - 1, extent + 1]);

/** Rows of a table that differ in one extent, with why it is there. */
export function tailRows<R>(
  axis: string,
  row: (extent: number) => R,
): (R & { readonly slug: string; readonly why: string })[] {
  return tails.map((extent) => ({
    slug: `${axis.replaceAll(' ', '-')}-${extent}`,
    why: `${extent} ${axis}: one ${extent % 4 === 1 ? 'more' : 'less'} than vectors and tiles of ${extent % 4 === 1 ? extent - 1 : extent + 1} hold`,
    ...row(extent),
  }));
}
