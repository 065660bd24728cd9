import { AlexNetError, type Hindrance } from '@alexnet/core';
import { nodeBuiltin } from './node-builtin.ts';

/** How many threads to use, and why: one sentence for `environment.notes`. */
export interface ThreadChoice {
  readonly threads: number;
  readonly note: string;
  readonly hindrances?: readonly Hindrance[];
}

/**
 * One thread per processor that this process may use. ONNX Runtime's own default counts cores, and takes
 * a virtual machine's processors for the two threads of one core: half of them stay idle.
 * Errors: `invalid-input`.
 */
export function nativeThreads(asked: number | undefined): ThreadChoice {
  if (asked === undefined) {
    const threads = processors();
    return { threads, note: `${count(threads)}: one per processor that this process may use.` };
  }
  if (!Number.isInteger(asked) || asked < 1 || asked > 1024) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The number of threads must be a whole number from 1 to 1024, got ${asked}`,
      where: 'threads',
    });
  }
  return { threads: asked, note: `${count(asked)}, as asked.` };
}

/** WebAssembly threads need shared memory, which browsers give to cross-origin isolated pages only. Errors: `invalid-input`. */
export function wasmThreads(asked: number | undefined): ThreadChoice {
  const choice = nativeThreads(asked);
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (typeof SharedArrayBuffer !== 'undefined' && crossOriginIsolated !== false) return choice;
  const reason = 'One thread: the page is not cross-origin isolated.';
  const fix =
    'Send the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".';
  return { threads: 1, note: `${reason} ${fix}`, hindrances: [{ reason, fix }] };
}

function processors(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return nodeBuiltin('node:os')?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

function count(threads: number): string {
  return threads === 1 ? 'One thread' : `${threads} threads`;
}
