/** Aborts when it is not fed in time, and when the caller's signal fires. `stop` it, or timer and listener stay. */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** Whether it was the time. */
  readonly bitten: boolean;
  /** Waits anew, `ms` instead of the usual time where given. */
  feed(ms?: number): void;
  stop(): void;
}

export function watchdog(usualMs: number, outer: AbortSignal | undefined): Watchdog {
  const controller = new AbortController();
  let bitten = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const relay = () => controller.abort(outer?.reason);
  outer?.addEventListener('abort', relay, { once: true });
  if (outer?.aborted) relay();
  const feed = (ms = usualMs) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      bitten = true;
      controller.abort();
    }, ms);
  };
  feed();
  return {
    signal: controller.signal,
    get bitten() {
      return bitten;
    },
    feed,
    stop() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', relay);
    },
  };
}
