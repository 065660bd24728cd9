import { AlexNetError, type Backend, opNames } from '@alexnet/core';

type Part = 'string' | 'object' | 'function' | 'boolean' | 'number' | 'array';

/** What the suite, and everybody else, reads of a backend before it runs anything. */
const parts: readonly (readonly [path: string, of: Part])[] = [
  ['id', 'string'],
  ['environment', 'object'],
  ['environment.engine', 'string'],
  ['environment.device', 'string'],
  ['environment.threads', 'number'],
  ['environment.fallback', 'boolean'],
  ['environment.notes', 'array'],
  ['capabilities', 'object'],
  ['capabilities.ops', 'array'],
  ['capabilities.precisions', 'array'],
  ['capabilities.profiling', 'boolean'],
  ['capabilities.strictNonFinite', 'boolean'],
  ['capabilities.deterministic', 'boolean'],
  ['compile', 'function'],
];

/**
 * What keeps a value from being a backend, each as a sentence; empty for a backend. It says nothing of what a backend computes.
 */
export function problemsOfBackend(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`It is ${nameOf(value)}, not an object`];
  const problems: string[] = [];
  const wrong = new Set<string>();
  for (const [path, want] of parts) {
    if ([...wrong].some((outer) => path.startsWith(`${outer}.`))) continue;
    const found = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value);
    if (nameOf(found) === want) continue;
    wrong.add(path);
    problems.push(`${path} is ${nameOf(found)}, not ${want === 'array' || want === 'object' ? 'an' : 'a'} ${want}`);
  }
  if (typeof (value as Partial<Backend>)[Symbol.asyncDispose] !== 'function') {
    problems.push('It has no method [Symbol.asyncDispose]');
  }
  return [...problems, ...(wrong.size === 0 ? problemsOfNames(value as Backend) : [])];
}

function problemsOfNames({ id, capabilities }: Backend): string[] {
  const unknown = capabilities.ops.filter((op) => !opNames.includes(op));
  return [
    ...(id === '' ? ['id is empty'] : []),
    ...(unknown.length === 0
      ? []
      : [`capabilities.ops names ${unknown.join(', ')}; the ops are ${opNames.join(', ')}`]),
    ...(capabilities.precisions.includes('f32') ? [] : ['capabilities.precisions lacks f32, which every backend has']),
  ];
}

/** Errors: `invalid-input`, with all that is missing. */
export function checkBackend(value: unknown): asserts value is Backend {
  const problems = problemsOfBackend(value);
  if (problems.length === 0) return;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `This is no backend: ${problems.join('; ')}`,
    fix: 'Give an object that fulfils the interface Backend of @alexnet/core.',
    where: 'option backend',
  });
}

function nameOf(value: unknown): Part | 'null' | 'undefined' | 'bigint' | 'symbol' {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
