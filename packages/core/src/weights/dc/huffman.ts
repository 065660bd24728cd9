import { CODE_BITS } from './format.ts';

/*
 * Canonical prefix codes of at most 12 bits over at most 256 symbols.
 */

interface Package {
  readonly weight: number;
  readonly symbols: readonly number[];
}

/**
 * The lengths of the best code for symbols that occur so often, 0 for those that do not. Package-merge (Larmore and Hirschberg, "A fast
 * algorithm for optimal length-limited Huffman codes", 1990): of coins of value 2^-1 to 2^-12, one of each for every symbol, the lightest
 * that are worth n - 1 together; the length of a code is the number of its coins.
 */
export function codeLengths(counts: ArrayLike<number>): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const coins = Array.from(counts, (weight, symbol): Package => ({ weight, symbols: [symbol] }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.weight - b.weight); // stable: of equals, the first symbol first
  if (coins.length === 1) lengths[coins[0]!.symbols[0]!] = 1;
  if (coins.length < 2) return lengths;
  let packages: Package[] = [];
  for (let bit = 0; bit < CODE_BITS; bit++) {
    packages = [...coins, ...pairs(packages)].sort((a, b) => a.weight - b.weight);
  }
  for (const { symbols } of packages.slice(0, 2 * coins.length - 2)) {
    for (const symbol of symbols) lengths[symbol]!++;
  }
  return lengths;
}

function pairs(packages: readonly Package[]): Package[] {
  return Array.from({ length: packages.length >> 1 }, (_, i) => {
    const [a, b] = [packages[2 * i]!, packages[2 * i + 1]!];
    return { weight: a.weight + b.weight, symbols: [...a.symbols, ...b.symbols] };
  });
}

/** The code of each symbol, first bit lowest, as it is written. */
export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= CODE_BITS; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      codes[symbol] = reversed(next, length);
      next++;
    }
    next *= 2;
  }
  return codes;
}

/**
 * For every 12 bits that may come next, `symbol << 4 | length` of the code that they begin with. Undefined where lengths are no complete
 * code: more symbols than fit, or bits that mean nothing. Only the code of a single symbol may be incomplete; there both bits mean it.
 */
export function decodeTable(lengths: Uint8Array): Uint16Array | undefined {
  const size = 1 << CODE_BITS;
  const used = lengths.reduce((sum, length) => sum + (length === 0 ? 0 : size >> length), 0);
  const symbols = lengths.reduce((count, length) => count + (length === 0 ? 0 : 1), 0);
  if (lengths.some((length) => length > CODE_BITS)) return undefined;
  if (symbols === 1 && used === size / 2) return new Uint16Array(size).fill((lengths.indexOf(1) << 4) | 1);
  if (used !== size) return undefined;
  const table = new Uint16Array(size);
  for (const [symbol, code] of codesOf(lengths).entries()) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    for (let at = code; at < size; at += 1 << length) table[at] = (symbol << 4) | length;
  }
  return table;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}
