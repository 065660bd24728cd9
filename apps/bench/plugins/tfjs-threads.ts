import type { Plugin } from 'vite';

/**
 * tfjs starts its threads with the text of a function of its own, `wasmFactoryThreadedSimd.toString()`. That text asks `typeof _scriptDir` of a variable
 * outside of it; a minifier knows that variable and shortens the question, which then fails in the thread, where the variable is not. So it
 * goes inside, undefined, as it is in every worker.
 */
export function tfjsThreads(): Plugin {
  const head = 'function(WasmBackendModuleThreadedSimd) {';
  return {
    name: 'tfjs-threads',
    transform: {
      filter: { id: /tfjs-backend-wasm-threaded-simd\.js(\?.*)?$/ },
      handler(code) {
        if (!code.includes(head))
          throw new Error('The threads of tfjs do not look as they did: does this plugin still help?');
        return { code: code.replace(head, `${head} var _scriptDir;`), map: null };
      },
    },
  };
}
