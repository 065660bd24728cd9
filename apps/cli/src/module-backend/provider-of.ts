import { problemsOfBackend } from '@alexnet/conformance';
import { AlexNetError, type Backend, type BackendOptions, type BackendProvider } from '@alexnet/core';

/** The exports that are looked at, in this order. */
const exportNames = ['default', 'provider', 'createBackend'] as const;

/**
 * What a module exports as a provider: a `BackendProvider`, a `Backend`, or a function that makes one of them.
 * Functions are called once here, to see what they make. Errors: `invalid-input` that says what was found and what is wanted; `backend-failure` when
 * the function throws.
 */
export async function providerOf(module: Readonly<Record<string, unknown>>, name: string): Promise<BackendProvider> {
  const found = exportNames.filter((key) => module[key] !== undefined);
  if (found.length === 0) {
    const others = Object.keys(module);
    throw unusable(
      `The module ${name} exports no backend; it exports ${others.length === 0 ? 'nothing' : others.join(', ')}`,
    );
  }
  const complaints: string[] = [];
  for (const key of found) {
    const result = await fromExport(module[key], `The export ${key} of ${name}`);
    if (typeof result !== 'string') return result;
    complaints.push(result);
  }
  throw unusable(complaints.join('. '));
}

/** A provider, or what is wrong. */
async function fromExport(value: unknown, what: string): Promise<BackendProvider | string> {
  if (typeof value !== 'function') return fromValue(value, what, undefined);
  const make = value as (options?: BackendOptions) => unknown;
  return fromValue(await call(make, what), `${what} is a function; what it returns`, make);
}

function fromValue(
  value: unknown,
  what: string,
  make: ((options?: BackendOptions) => unknown) | undefined,
): BackendProvider | string {
  if (isProvider(value)) return value;
  const problems = problemsOfBackend(value);
  if (problems.length > 0) return `${what} is neither a provider nor a backend: ${problems.join('; ')}`;
  let first: Backend | undefined = value as Backend;
  return {
    id: first.id,
    probe: async () => ({ available: true, detail: 'A module' }),
    async create(options) {
      const given = first;
      if (make === undefined) return given!; // there is only this one
      if (options?.threads === undefined && given !== undefined) {
        first = undefined;
        return given;
      }
      await first?.[Symbol.asyncDispose](); // made to see what the function makes, with other options
      first = undefined;
      return (await call(make, what, options)) as Backend;
    },
  };
}

async function call(
  make: (options?: BackendOptions) => unknown,
  what: string,
  options?: BackendOptions,
): Promise<unknown> {
  try {
    return await make(options);
  } catch (cause) {
    throw new AlexNetError({
      code: 'backend-failure',
      message: `${what} was called and threw ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Export a function that makes a backend without being given anything, or the backend itself.',
      cause,
    });
  }
}

function isProvider(value: unknown): value is BackendProvider {
  if (typeof value !== 'object' || value === null) return false;
  const { id, probe, create } = value as Partial<BackendProvider>;
  return typeof id === 'string' && typeof probe === 'function' && typeof create === 'function';
}

function unusable(message: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message,
    fix: 'Export, as default or as `provider` or `createBackend`, a BackendProvider, a Backend, or a function that returns one (interfaces of @alexnet/core).',
    where: 'option --backend',
  });
}
