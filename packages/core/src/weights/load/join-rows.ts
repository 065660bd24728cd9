import { AlexNetError } from '../../error.ts';
import { type Shape, sizeOf } from '../../tensor.ts';
import { Q4_BLOCK, type StoredWeight } from '../stored/stored-weight.ts';

/** Room for rows that are stored like these. Errors: `out-of-memory`. */
export function emptyLike({ precision }: Pick<StoredWeight, 'precision'>, shape: Shape): StoredWeight {
  const size = sizeOf(shape);
  const [rows = 1, features = 1] = shape;
  const blocks = Math.ceil(features / Q4_BLOCK);
  try {
    switch (precision) {
      case 'f32':
        return { precision, shape, data: new Float32Array(size) };
      case 'f16':
        return { precision, shape, data: new Uint16Array(size) };
      case 'q8':
        return { precision, shape, data: new Int8Array(size), scales: new Float32Array(rows) };
      case 'q4': {
        const data = new Uint8Array((rows * blocks * Q4_BLOCK) / 2);
        return { precision, shape, data, scales: new Uint16Array(rows * blocks) };
      }
    }
  } catch (cause) {
    const message = `There is no memory for ${size} values`;
    throw new AlexNetError({ code: 'out-of-memory', message, fix: 'Read fewer rows at once.', cause });
  }
}

/** Puts rows into a larger weight of the same precision, from a row on. */
export function putRows(piece: StoredWeight, whole: StoredWeight, row: number): void {
  const rows = whole.shape[0]!;
  whole.data.set(piece.data, (whole.data.length / rows) * row);
  if ('scales' in whole && 'scales' in piece) whole.scales.set(piece.scales, (whole.scales.length / rows) * row);
}
