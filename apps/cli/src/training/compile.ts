import { AlexNetError, type Backend, type Trainer, type Weights } from '@alexnet/core';
import type { TrainingPlan } from '@alexnet/training';
import { chooseBackends } from '../backends.ts';
import type { RunOptions } from '../options.ts';

/** Fastest expected first. Those that are not here come after, in their own order. */
const preferred = [
  'webgpu',
  'onnx-node',
  'tfjs-node-gpu',
  'tfjs-node',
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
 * Compiles a training on the backend that was asked for, or the first that is here and trains this network; `note` hears why others do not.
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
    const backend = await provider.create(threads === undefined ? {} : { threads });
    try {
      if (backend.capabilities.training !== true || backend.compileTraining === undefined) throw trainsNot(backend.id);
      const trainer = await backend.compileTraining(training, weights, { optimiser, signal });
      return {
        backend,
        trainer,
        async [Symbol.asyncDispose]() {
          await trainer[Symbol.asyncDispose]();
          await backend[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      await backend[Symbol.asyncDispose]();
      const other = error instanceof AlexNetError && error.code === 'unsupported';
      if (!other || wanted !== undefined) throw error;
      note(`${backend.id} is left out: ${error.message}`);
    }
  }
  throw new AlexNetError({
    code: 'missing-dependency',
    message: 'No backend that trains is available here',
    fix: 'See `alexnet backends`.',
  });
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
