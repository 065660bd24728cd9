import { type Field, rangeOf, type WireFile } from '../wire.ts';

/** Metadata may hold whole documents, which nobody here reads. */
const LONG_BYTES = 2 ** 14;

/** StringStringEntryProto: key = 1, value = 2, which is left empty when it is long. Errors: `invalid-file`. */
export async function readPair(file: WireFile, entry: Field, where: string): Promise<[key: string, value: string]> {
  let key = '';
  let text = '';
  for await (const field of file.fields(rangeOf(entry, where), where)) {
    if (field.number === 1) key = await file.text(field, where);
    else if (field.number === 2 && rangeOf(field, where).length <= LONG_BYTES) text = await file.text(field, where);
  }
  return [key, text];
}
