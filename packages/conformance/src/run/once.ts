/** Calls a function at most once and gives the same answer to all; of an async function also the same error. */
export function once<A extends unknown[], T>(f: (...args: A) => T): (...args: A) => T {
  let result: { readonly value: T } | undefined;
  return (...args) => {
    result ??= { value: f(...args) };
    return result.value;
  };
}
