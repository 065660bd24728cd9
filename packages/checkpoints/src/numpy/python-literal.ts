/*
 * The header of a .npy file is a dict literal of Python: texts, whole numbers, booleans, None, tuples, lists and dicts.
 */

export type Literal = string | number | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;

/** Structured dtypes nest a little. */
const MAX_DEPTH = 8;

const token = /\s*(?:([{}[\](),:])|'([^'\\]*)'|"([^"\\]*)"|(\d{1,16})L?|(True|False|None))/y;
const constants: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

type Token = { readonly mark: string } | { readonly value: Literal };

/** Reads a literal; undefined when the text is none. A key that occurs twice makes it none. */
export function parseLiteral(text: string): Literal | undefined {
  const tokens = tokenise(text);
  if (tokens === undefined) return undefined;
  let at = 0;

  const markAt = (mark: string): boolean => {
    const next = tokens[at];
    if (next === undefined || !('mark' in next) || next.mark !== mark) return false;
    at++;
    return true;
  };
  /** Items up to the closing mark, commas between and perhaps after; undefined when they are not. */
  const items = <T>(close: string, item: () => T | undefined): T[] | undefined => {
    const found: T[] = [];
    while (!markAt(close)) {
      const next = item();
      if (next === undefined) return undefined;
      found.push(next);
      if (!markAt(',')) return markAt(close) ? found : undefined;
    }
    return found;
  };
  const value = (depth: number): Literal | undefined => {
    if (depth > MAX_DEPTH) return undefined;
    if (markAt('(')) return items(')', () => value(depth + 1));
    if (markAt('[')) return items(']', () => value(depth + 1));
    if (markAt('{')) return dict(items('}', () => entry(depth + 1)));
    const next = tokens[at++];
    return next !== undefined && 'value' in next ? next.value : undefined;
  };
  const entry = (depth: number): [string, Literal] | undefined => {
    const key = value(depth);
    if (typeof key !== 'string' || !markAt(':')) return undefined;
    const content = value(depth);
    return content === undefined ? undefined : [key, content];
  };

  const result = value(0);
  return at === tokens.length ? result : undefined;
}

function dict(entries: [string, Literal][] | undefined): ReadonlyMap<string, Literal> | undefined {
  const map = new Map(entries);
  return entries === undefined || map.size !== entries.length ? undefined : map;
}

function tokenise(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (match === null) return undefined;
    const [, mark, single, double, digits, name] = match;
    if (mark !== undefined) tokens.push({ mark });
    else if (digits !== undefined) tokens.push({ value: Number(digits) });
    else if (name !== undefined) tokens.push({ value: constants[name]! });
    else tokens.push({ value: single ?? double! });
  }
  return tokens;
}
