import { AlexNetError, type Backend, type Trainer, type Weights } from '@alexnet/core';
import type { TrainingPlan } from '@alexnet/training';
import { chooseBackends } from '../backends.ts';
import type { RunOptions } from '../options.ts';

/** Fastest expected first (docs/performance/training.md). Those that are not here come after, in their own order. */
const preferred = [
  'webgpu',
  'tfjs-node-gpu',
  'tfjs-node',
  'onnx-node',
  'onnx-web',
  'tfjs-wasm',
  'tfjs-cpu',
  'reference',
];

export interface OpenTrainer extends AsyncDisposable {
  readonly backend: Backend;
  readonly trainer: Trainer;
}

/**
 * Compiles a training on the backend that was asked for, or the first that is here and can train this network; `note` hears why others do not.
 * Errors: `unknown-name`, `missing-dependency`, `unsupported` (the backend does not train), those of compiling.
 */
export async function openTrainer(
  { training, optimiser }: TrainingPlan,
  weights: Weights,
  { backend: wanted, threads, signal }: RunOptions & { readonly signal: AbortSignal },
  note: (text: string) => void,
): Promise<OpenTrainer> {
  const candidates = (await chooseBackends(wanted)).sort((a, b) => rank(a.provider.id) - rank(b.provider.id));
  for (const { provider } of candidates) {
    let backend: Backend | undefined;
    try {
      backend = await provider.create(threads === undefined ? {} : { threads });
      if (backend.capabilities.training !== true || backend.compileTraining === undefined) throw trainsNot(backend.id);
      return opened(backend, await backend.compileTraining(training, weights, { optimiser, signal }));
    } catch (error) {
      await backend?.[Symbol.asyncDispose]();
      if (wanted !== undefined || !(error instanceof AlexNetError) || !passedOver.has(error.code)) throw error;
      note(`${provider.id} is left out: ${error.message}`);
    }
  }
  throw new AlexNetError({
    code: 'missing-dependency',
    message: 'No backend that trains is available here',
    fix: 'See `alexnet backends`.',
  });
}

/** What another backend may do without. */
const passedOver: ReadonlySet<string> = new Set([
  'unsupported',
  'missing-dependency',
  'out-of-memory',
  'device-lost',
  'backend-failure',
]);

function opened(backend: Backend, trainer: Trainer): OpenTrainer {
  return {
    backend,
    trainer,
    async [Symbol.asyncDispose]() {
      await trainer[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

function rank(id: string): number {
  const at = preferred.indexOf(id);
  return at < 0 ? preferred.length : at;
}

function trainsNot(id: string): AlexNetError {
  return new AlexNetError({
    code: 'unsupported',
    message: `The backend ${id} does not train`,
    fix: 'Leave out --backend for the best that does.',
  });
}
