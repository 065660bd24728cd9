/**
 * Sets the `const NAME: u32` lines of a kernel, writes out its loops marked `// unroll` with their counter as a number, and makes a variable of
 * each element of its arrays marked `// registers`: not every shader compiler does this itself, and one that does not keeps the arrays in
 * memory, or takes minutes. The text stays the kernel that its file shows; a file is valid WGSL as it stands.
 */
export function specialise(source: string, constants: Readonly<Record<string, number>> = {}): string {
  const known = new Map<string, number>();
  const text = source.split('\n').filter((line) => !/^\s*\/\//.test(line)); // without comments on lines of their own
  const lines = text.map((line) => {
    const match = /^const (\w+): u32 = (\d+);$/.exec(line);
    if (match === null) return line;
    const name = match[1]!;
    const value = constants[name] ?? Number(match[2]);
    known.set(name, value);
    return `const ${name}: u32 = ${value};`;
  });
  const unknown = Object.keys(constants).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new TypeError(`The kernel has no constant ${unknown.join(', ')}`);
  return intoRegisters(unroll(lines, known), known).join('\n');
}

type Known = ReadonlyMap<string, number>;

const LOOP = /^(\s*)for \(var (\w+) = 0u; \2 < (\w+); \2\+\+\) \{ \/\/ unroll$/;

function unroll(lines: readonly string[], known: Known): string[] {
  const out: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const loop = LOOP.exec(lines[at]!);
    if (loop === null) {
      out.push(lines[at]!);
      continue;
    }
    const [, indent = '', counter = '', bound = ''] = loop;
    const end = lines.indexOf(`${indent}}`, at);
    const body = lines.slice(at + 1, end);
    const name = new RegExp(`(?<![.\\w])${counter}\\b`, 'g');
    for (let i = 0; i < numberOf(bound, known); i++) {
      const turn = body.map((line) => line.replace(name, `${i}u`));
      out.push(`${indent}{`, ...unroll(turn, known), `${indent}}`);
    }
    at = end;
  }
  return out;
}

const ARRAY = /^(\s*)var (\w+): array<(.+), ([^,]+)>; \/\/ registers$/;

function intoRegisters(lines: readonly string[], known: Known): string[] {
  const names: string[] = [];
  const declared = lines.flatMap((line) => {
    const array = ARRAY.exec(line);
    if (array === null) return [line];
    const [, indent, name = '', type, length = ''] = array;
    names.push(name);
    return Array.from({ length: numberOf(length, known) }, (_, i) => `${indent}var ${name}_${i}: ${type};`);
  });
  if (names.length === 0) return declared;
  const element = new RegExp(`\\b(${names.join('|')})\\[([^[\\]]+)\\]`, 'g');
  return declared.map((line) =>
    line.replace(element, (_, name: string, index: string) => `${name}_${numberOf(index, known)}`),
  );
}

/** A sum of products of numbers and constants: `3u * COLS + 1u`. */
function numberOf(expression: string, known: Known): number {
  const factor = (text: string) => known.get(text.trim()) ?? Number(text.trim().replace(/u$/, ''));
  const value = expression
    .split('+')
    .reduce((sum, product) => sum + product.split('*').reduce((all, each) => all * factor(each), 1), 0);
  if (Number.isInteger(value)) return value;
  throw new TypeError(`${expression} is not a constant of the kernel`);
}
