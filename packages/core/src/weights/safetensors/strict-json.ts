/** A JSON value in which objects are maps: no key can reach a prototype, and none is lost. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

export interface JsonLimits {
  /** Nesting of objects and arrays. */
  readonly depth: number;
  /** Values in total, so that memory stays in proportion to what a real file needs. */
  readonly values: number;
}

/** What is wrong with a JSON text, and the character at which it shows. */
export class JsonError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.name = 'JsonError';
    this.at = at;
  }
}

/**
 * Parses RFC 8259 JSON. Unlike `JSON.parse` it reports duplicate keys, keeps `__proto__` an ordinary key, and has limits.
 * Errors: `JsonError`.
 */
export function parseStrictJson(text: string, limits: JsonLimits): Json {
  let at = 0;
  let values = 0;

  const fail = (message: string, where = at): never => {
    throw new JsonError(message, where);
  };
  /** The next character that is not white space. */
  const token = () => {
    while (WHITE_SPACE.includes(text[at] ?? '-')) at++;
    return text[at];
  };
  /** Text that ends before `at`, decoded by the engine. */
  const decode = (start: number): Json => {
    try {
      return JSON.parse(text.slice(start, at)) as Json;
    } catch {
      return fail('not a JSON value', start);
    }
  };
  // scanned by hand: a regular expression's backtracking stack overflows on a string of millions of characters
  const string = (): string => {
    const start = at++;
    let plain = true;
    for (; text[at] !== '"'; at++) {
      if (at >= text.length) fail('a string that is not closed', start);
      if (text.charCodeAt(at) < 0x20) fail('a control character in a string');
      if (text[at] === '\\') {
        plain = false;
        at++;
      }
    }
    at++;
    return plain ? text.slice(start + 1, at - 1) : (decode(start) as string);
  };
  /** A number, true, false or null. */
  const literal = (): Json => {
    const start = at;
    while (at - start < LONGEST_LITERAL && /[-+.\w]/.test(text[at] ?? ' ')) at++;
    return decode(start);
  };
  /** The items of an object or array: `item`s between the opening character (already seen) and `close`, with commas. */
  const items = (close: string, item: () => void) => {
    at++;
    if (token() === close) {
      at++;
      return;
    }
    for (;;) {
      item();
      const next = token();
      at++;
      if (next === close) return;
      if (next !== ',') fail(`expected , or ${close}`, at - 1);
      token();
    }
  };
  const value = (depth: number): Json => {
    if (++values > limits.values) fail(`more than ${limits.values} values`);
    if (depth > limits.depth) fail(`nested more than ${limits.depth} deep`);
    const first = token();
    if (first === '{') {
      const object = new Map<string, Json>();
      items('}', () => {
        const start = at;
        if (text[at] !== '"') fail('expected a key in quotes');
        const key = string();
        if (object.has(key)) fail(`the key ${JSON.stringify(key.slice(0, 100))} occurs twice`, start);
        if (token() !== ':') fail('expected :');
        at++;
        object.set(key, value(depth + 1));
      });
      return object;
    }
    if (first === '[') {
      const array: Json[] = [];
      items(']', () => array.push(value(depth + 1)));
      return array;
    }
    if (first === '"') return string();
    if (first === undefined) fail('the text ends too early');
    return literal();
  };

  const result = value(1);
  if (token() !== undefined) fail('something follows the value');
  return result;
}

const WHITE_SPACE = ' \t\n\r';
/** Longer than any number that means something; what is left over is not JSON. */
const LONGEST_LITERAL = 40;
