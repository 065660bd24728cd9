/** Longer takes nothing to let go of its memory. */
const LIMIT_MS = 5000;

/** Disposes of all, last first, whatever each does: one that throws or never ends costs no choice. */
export async function disposeAll(resources: readonly (AsyncDisposable | undefined)[]): Promise<void> {
  for (const resource of resources.toReversed()) {
    if (resource !== undefined) await disposeOf(resource);
  }
}

async function disposeOf(resource: AsyncDisposable): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS);
  });
  try {
    await Promise.race([resource[Symbol.asyncDispose](), late]);
  } catch {
    // it had its chance, and is not used
  } finally {
    clearTimeout(timer);
  }
}
