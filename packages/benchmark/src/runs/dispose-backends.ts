import type { Backend } from '@alexnet/core';

/** Longer takes no backend to let go of its memory. */
const LIMIT_MS = 10_000;

/** Disposes of all, whatever each does: one that throws or never ends costs no report. `note` hears of it. */
export async function disposeBackends(backends: readonly Backend[], note: (text: string) => void): Promise<void> {
  for (const backend of backends) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`did not end within ${LIMIT_MS / 1000} s`), LIMIT_MS);
    });
    const trouble = await Promise.race([end(backend), late]);
    clearTimeout(timer);
    if (trouble !== undefined) note(`${backend.id}: disposing of the backend ${trouble}`);
  }
}

async function end(backend: Backend): Promise<string | undefined> {
  try {
    await backend[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return `failed: ${String(error)}`;
  }
}
