import { type Graph, type Precision, type Tensor, type Weights, weightsAsStored } from '@alexnet/core';
import { once } from '../run/once.ts';
import type { NetworkUnderTest } from './checks.ts';
import { expectLayers } from './expect-layers.ts';
import type { Expected, ExpectedLayers } from './expected.ts';
import { createTensorHashes } from './oracle-key.ts';
import type { OracleStore } from './oracle-store.ts';

export interface OracleProgress {
  readonly variant: string;
  readonly image: string;
  /** The node that is computed next. */
  readonly node: string;
  readonly index: number;
  readonly count: number;
}

export interface OracleOptions {
  /** How the weights of linear layers are stored; default f32. Layers before the first linear one are those of f32. */
  readonly precision?: Precision;
  readonly signal?: AbortSignal;
  onProgress?(progress: OracleProgress): void;
}

/** Keeps what the oracle computed, as long as the weights are alive. A full-size network takes about 20 MB per image. */
export interface OracleCache {
  /** Errors: `invalid-graph`, `invalid-weights`, `invalid-input`, `aborted`. */
  expect(network: NetworkUnderTest, options?: OracleOptions): Promise<Expected>;
}

export interface OracleCacheOptions {
  /** Keeps what takes long from run to run. Default: nothing is kept. */
  readonly store?: OracleStore;
}

export function createOracleCache({ store }: OracleCacheOptions = {}): OracleCache {
  const known = new WeakMap<Weights, WeakMap<Graph, WeakMap<Tensor, Map<Precision, ExpectedLayers>>>>();
  const hashes = createTensorHashes();
  return {
    async expect({ variant, weights, images }, options = {}) {
      const { precision = 'f32' } = options;
      const { graph } = variant;
      const byTensor = memo(memo(known, weights), graph);
      const stored = once(() => weightsAsStored(graph, weights, precision));
      const layersOf = (image: NetworkUnderTest['images'][number], of: Precision, before?: ExpectedLayers) =>
        expectLayers({
          variant,
          weights,
          precision: of,
          stored: of === 'f32' ? () => weights : stored,
          image,
          ...(before === undefined ? {} : { before }),
          ...(store === undefined ? {} : { kept: { store, hashes } }),
          options,
        });
      const expected = new Map<string, ExpectedLayers>();
      for (const image of images) {
        const byPrecision = byTensor.get(image.tensor) ?? new Map<Precision, ExpectedLayers>();
        byTensor.set(image.tensor, byPrecision);
        const exact = byPrecision.get('f32') ?? (await layersOf(image, 'f32'));
        byPrecision.set('f32', exact);
        const layers = byPrecision.get(precision) ?? (await layersOf(image, precision, beforeLinear(graph, exact)));
        byPrecision.set(precision, layers);
        expected.set(image.name, layers);
      }
      return expected;
    },
  };
}

/** The layers before the first linear one, which no precision changes. */
function beforeLinear({ nodes }: Graph, layers: ExpectedLayers): ExpectedLayers {
  const first = nodes.findIndex(({ op }) => op === 'linear');
  return new Map([...layers].slice(0, first < 0 ? nodes.length : first));
}

function memo<K extends object, L extends object, V>(map: WeakMap<K, WeakMap<L, V>>, key: K): WeakMap<L, V> {
  const inner = map.get(key) ?? new WeakMap<L, V>();
  map.set(key, inner);
  return inner;
}
