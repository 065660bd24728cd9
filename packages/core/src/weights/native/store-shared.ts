import { AlexNetError } from '../../error.ts';
import { type Shape, sizeOf, type Tensor } from '../../tensor.ts';
import { encodeDc } from '../dc/encode.ts';
import { type DcRecipe, fitSharing, type Sharing, shareWeights } from '../dc/share.ts';
import { countNonFinite } from '../non-finite.ts';
import type { ErrorSum } from '../stored/weight-error.ts';
import { tensorOf } from '../weight-source.ts';
import type { RowReader, StoredPart } from './store-rows.ts';

/** Elements of a part: some milliseconds of decoding, and enough that its header does not count. */
const PART_ELEMENTS = 2 ** 20;

/** Prunes and shares a whole parameter, and encodes it in parts, each of which can be decoded alone. Errors: `invalid-weights`. */
export async function openShared(
  name: string,
  shape: Shape,
  recipe: DcRecipe,
  read: RowReader,
): Promise<{ readonly sharing: Sharing; parts(error: ErrorSum): Generator<StoredPart, void> }> {
  const tensor = tensorOf(await read(name, [0, shape[0] ?? 1]), name);
  checkFinite(name, tensor);
  const sharing = fitSharing(tensor.data, recipe);
  return { sharing, parts: (error) => encodeParts(tensor, sharing, error) };
}

function* encodeParts({ shape, data }: Tensor, sharing: Sharing, error: ErrorSum): Generator<StoredPart, void> {
  const [rows = 1] = shape;
  const rowSize = sizeOf(shape.slice(1));
  const step = Math.max(1, Math.floor(PART_ELEMENTS / rowSize));
  for (let from = 0; from < rows; from += step) {
    const to = Math.min(rows, from + step);
    const original = data.subarray(from * rowSize, to * rowSize);
    const shared = shareWeights(original, sharing);
    error.add(original, shared);
    const bytes = encodeDc(shared);
    yield { rows: [from, to], data: { dtype: 'U8', shape: [bytes.length], data: bytes } };
  }
}

function checkFinite(name: string, tensor: Tensor): void {
  const [odd] = countNonFinite(new Map([[name, tensor]]));
  if (odd === undefined) return;
  throw new AlexNetError({
    code: 'invalid-weights',
    message: `The weight ${name} holds ${odd.nan} NaN and ${odd.infinite} infinite values, which dc cannot store`,
    where: `tensor ${name}`,
    fix: 'Store it as f32 or f16.',
  });
}
