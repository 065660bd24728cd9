/** How many threads to use, and why: one sentence for `environment.notes`. */
export interface ThreadChoice {
  readonly threads: number;
  readonly note: string;
}

interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(id: string): unknown;
}

const nodeProcess = (globalThis as { process?: NodeProcess }).process;

/** A Node built-in without an import that a bundler would see; undefined elsewhere. */
export function nodeBuiltin<T>(id: string): T | undefined {
  return nodeProcess?.versions?.node === undefined ? undefined : (nodeProcess.getBuiltinModule?.(id) as T | undefined);
}

/**
 * One thread per processor that this process may use. ONNX Runtime's own default counts cores, and takes
 * a virtual machine's processors for the two threads of one core: half of them stay idle.
 */
export function nativeThreads(asked: number | undefined): ThreadChoice {
  if (asked !== undefined) return { threads: asked, note: `${count(asked)}, as asked.` };
  const threads = processors();
  return { threads, note: `${count(threads)}: one per processor that this process may use.` };
}

/** WebAssembly threads need shared memory, which browsers give to cross-origin isolated pages only. */
export function wasmThreads(asked: number | undefined): ThreadChoice {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (typeof SharedArrayBuffer === 'undefined' || crossOriginIsolated === false) {
    return {
      threads: 1,
      note:
        'One thread: the page is not cross-origin isolated. Send the headers ' +
        '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".',
    };
  }
  return nativeThreads(asked);
}

function processors(): number {
  const os = nodeBuiltin<{ availableParallelism(): number }>('node:os');
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return os?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

function count(threads: number): string {
  return threads === 1 ? 'One thread' : `${threads} threads`;
}
