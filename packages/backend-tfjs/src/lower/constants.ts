import {
  collectWeights,
  readsThroughOneArray,
  sizeOf,
  tensorOf,
  throwIfAborted,
  type WeightSource,
} from '@alexnet/core';
import type { KernelBackend, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { withBackend } from '../engines/active.ts';
import type { EngineKind, OwnMatrix } from '../engines/engine.ts';
import type { Tfjs } from '../tfjs.ts';
import type { LowerContext } from './context.ts';
import { disposeAll } from './dispose.ts';

/** Where constants are made. */
export interface Engine {
  readonly tf: Tfjs;
  readonly kind: Pick<EngineKind, 'backend' | 'form' | 'matrix' | 'upload'>;
  readonly backend: KernelBackend;
  /** What the engine threw, as an error with a type. */
  failed(cause: unknown): Error;
}

export interface Constants extends Pick<LowerContext, 'extents' | 'read' | 'rows' | 'array' | 'matrix' | 'hold'> {
  readonly held: readonly Tensor[];
  release(): void;
}

/** Parameters on their way to the engine, no more than one of them whole on the host. */
export function constantsOf(engine: Engine, source: WeightSource, signal: AbortSignal | undefined): Constants {
  const { tf, kind, backend } = engine;
  const held: Tensor[] = [];
  const onEngine = <T>(work: () => T): T => {
    try {
      return withBackend(tf, kind.backend, backend, work);
    } catch (cause) {
      throw engine.failed(cause);
    }
  };
  const hold = <T extends Tensor>(make: () => T): T =>
    onEngine(() => {
      const constant = tf.keep(make()); // a scope that the caller has open must not take it
      held.push(constant);
      kind.upload?.(backend, constant);
      return constant;
    });
  const readRows = readsThroughOneArray(source);
  const extents = (name: string) => source.parameters.get(name)!.shape;
  const array = (size: number) => onEngine(() => new Float32Array(size));
  /** A matrix that is being written. */
  let open: OwnMatrix | undefined;
  return {
    held,
    release() {
      disposeAll(tf, held);
      try {
        open?.release();
      } catch {
        // the engine went with all that it held
      }
    },
    extents,
    hold,
    array,
    async read(name) {
      await pause(signal);
      const weights = await collectWeights(source, { names: [name], signal });
      return weights.get(name)!.data;
    },
    async *rows(name) {
      const [out = 1, ...rest] = extents(name);
      const step = atOnce(sizeOf(rest));
      for (let from = 0; from < out; from += step) {
        await pause(signal);
        const to = Math.min(out, from + step);
        const stored = await readRows(name, { rows: [from, to], signal });
        yield { from, to, data: tensorOf(stored, name).data };
      }
    },
    async matrix(shape, fill) {
      open = onEngine(() => kind.matrix?.(tf, backend, shape, atOnce(shape[0]))) ?? matrixOfArray(array(sizeOf(shape)));
      const { columns, written, tensor } = open;
      await fill({
        columns: (from, to) => onEngine(() => columns(from, to)),
        written: (from, to) => onEngine(() => written(from, to)),
      });
      open = undefined;
      return hold(tensor as () => Tensor2D);

      function matrixOfArray(values: Float32Array): OwnMatrix {
        return {
          columns: (from) => ({ values, first: from, pitch: shape[1] }),
          written() {},
          tensor: () => tf.tensor2d(values, shape),
          release() {},
        };
      }
    },
  };
}

/** Large enough that reading and transposing take the time, not what is around them. */
const CHUNK_BYTES = 2 ** 22;

/** Rows of `size` values, in multiples of 32 where so many fit. */
function atOnce(size: number): number {
  const rows = Math.max(1, Math.floor(CHUNK_BYTES / (4 * size)));
  return rows > 32 ? rows - (rows % 32) : rows;
}

/** Lets others work: a caller who wants to cancel, a page. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  throwIfAborted(signal, 'compile');
}
