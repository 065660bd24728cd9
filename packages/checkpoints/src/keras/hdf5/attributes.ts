import { damaged } from '../../damaged.ts';
import { decodeText } from '../../json/decode-text.ts';
import { typeClass } from './module.ts';
import { type Hdf5Session, withMemory } from './session.ts';

/**
 * The strings of an attribute; undefined when there is none of that name, or none of strings. An empty list of whatever type has none.
 * Errors: `invalid-file`.
 */
export function stringsOf(session: Hdf5Session, path: string, name: string): readonly string[] | undefined {
  const { bytes, file, call } = session;
  const where = `${path}, attribute ${name}`;
  const names = call(where, (module) => module.get_attribute_names(file, path));
  if (!names.includes(name)) return undefined;
  const {
    type,
    size,
    vlen,
    total_size: count,
    shape,
  } = call(where, (module) => module.get_attribute_metadata(file, path, name));
  if (count === 0) return [];
  if (type !== typeClass.string || shape === null) return undefined;
  if (size * count > bytes.size) throw damaged(`${count} strings of ${size} bytes are more than the file has`, where);
  return call(where, (module) =>
    withMemory(module, size * count, where, (pointer) => {
      const status = module.get_attribute_data(file, path, name, BigInt(pointer));
      if (status < 0) throw damaged('The attribute cannot be read', where);
      const { HEAPU8 } = module;
      const addresses = new DataView(HEAPU8.buffer);
      let left = bytes.size;
      return Array.from({ length: count }, (_, i) => {
        const place = pointer + i * size;
        const text = vlen ? upToZero(HEAPU8, addresses.getUint32(place, true)) : upToZero(HEAPU8, place, size);
        left -= text.length;
        if (left < 0) throw damaged('The strings take more than the file has', where);
        return decodeText(text, where);
      });
    }),
  );
}

/** The string of an attribute that holds just one. */
export function textOf(session: Hdf5Session, path: string, name: string): string | undefined {
  const strings = stringsOf(session, path, name);
  return strings?.length === 1 ? strings[0] : undefined;
}

/** A string of variable length ends with a zero; one of fixed size need not. */
function upToZero(heap: Uint8Array, start: number, size?: number): Uint8Array {
  const text = heap.subarray(start, size === undefined ? undefined : start + size);
  const zero = text.indexOf(0);
  return zero < 0 ? text : text.subarray(0, zero);
}
