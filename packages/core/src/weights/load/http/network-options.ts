/** How files are fetched. Times in milliseconds. */
export interface NetworkOptions {
  /** How often a file is asked for again when an attempt brings nothing new. Default 4; 0: never. */
  readonly retries?: number | undefined;
  /** The first pause before another attempt; each is twice as long as the last, half of it at random. Default 500. */
  readonly pauseMs?: number | undefined;
  /** No pause is longer. A server that asks for a longer one (`Retry-After`) is given up. Default 60,000. */
  readonly longestPauseMs?: number | undefined;
  /** Randomness of the pauses, from 0 up to, not including, 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** After so long without a byte an attempt is given up. Default 30,000. */
  readonly stallMs?: number | undefined;
  /** Sent with every request, such as credentials. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the engine's. */
  readonly fetch?: typeof fetch | undefined;
}

export type Network = { readonly [K in keyof NetworkOptions]-?: NonNullable<NetworkOptions[K]> };

/** The options with their defaults. */
export function networkOf(options: NetworkOptions): Network {
  return {
    retries: options.retries ?? 4,
    pauseMs: options.pauseMs ?? 500,
    longestPauseMs: options.longestPauseMs ?? 60_000,
    random: options.random ?? Math.random,
    stallMs: options.stallMs ?? 30_000,
    headers: options.headers ?? {},
    fetch: options.fetch ?? ((...args) => globalThis.fetch(...args)),
  };
}
