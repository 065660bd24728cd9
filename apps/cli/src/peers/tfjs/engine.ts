import { AlexNetError } from '@alexnet/core';

/** TensorFlow.js with its WebGPU backend chosen. */
export interface TfjsEngine {
  readonly tf: Tfjs;
  /** Of the WebGPU adapter: vendor and architecture, as far as it tells. */
  readonly adapter: string;
  readonly fallback: boolean;
}

export type Tfjs = typeof import('@tensorflow/tfjs-core');

type Missing = { readonly missing: string; readonly fix: string };

/** The adapter that tfjs would run on, or what is missing. Starts nothing. */
export async function findTfjs(): Promise<Omit<TfjsEngine, 'tf'> | Missing> {
  const gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  const adapter = await gpu?.requestAdapter();
  if (adapter === undefined || adapter === null) {
    return {
      missing: 'There is no WebGPU adapter here',
      fix: 'Use a browser with WebGPU: alexnet bench --in chromium.',
    };
  }
  const { vendor, architecture, isFallbackAdapter } = adapter.info;
  return {
    adapter: [vendor, architecture].filter((part) => part !== '').join(' '),
    fallback: isFallbackAdapter,
  };
}

/** Imports the packages and starts the backend. Errors: `missing-dependency`. */
export async function startTfjs(found: Omit<TfjsEngine, 'tf'>): Promise<TfjsEngine> {
  const tf = await importTfjs();
  tf.enableProdMode(); // no checks of every value while something is timed
  if (await tf.setBackend('webgpu')) return { ...found, tf };
  throw new AlexNetError({
    code: 'missing-dependency',
    message: 'TensorFlow.js could not start its WebGPU backend',
    fix: 'Use a browser with WebGPU: alexnet bench --in chromium.',
  });
}

async function importTfjs(): Promise<Tfjs> {
  try {
    const core = (await import('@tensorflow/tfjs-core')) as Tfjs & { readonly default?: Tfjs };
    await import('@tensorflow/tfjs-backend-webgpu');
    return core.default ?? core; // in Node it is a CommonJS package
  } catch (cause) {
    throw new AlexNetError({
      code: 'missing-dependency',
      message: `TensorFlow.js does not load: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Install it: npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-webgpu@4.22.0',
      cause,
    });
  }
}
