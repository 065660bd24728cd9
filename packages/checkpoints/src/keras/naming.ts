import type { Hdf5Dataset } from './hdf5/describe.ts';
import type { Hdf5Tree } from './hdf5/walk.ts';

/** What a file's datasets are called, and what else it has. */
export interface NamedDatasets {
  /** `conv1/kernel`, in the file's order. */
  readonly tensors: ReadonlyMap<string, Hdf5Dataset>;
  /** Names of the layers in the file's order. */
  readonly layers: readonly string[];
  /** Paths of datasets that are no weights of layers: the optimizer's, random generators'. */
  readonly others: readonly string[];
}

/** Adds a tensor under a name that is free: the shorter one, else the longer one, which is the path. */
export function addNamed(tensors: Map<string, Hdf5Dataset>, name: string, dataset: Hdf5Dataset): void {
  tensors.set(tensors.has(name) ? dataset.path.slice(1) : name, dataset);
}

/** Names of a file of neither kind: the paths. */
export function plainNames({ datasets }: Hdf5Tree): NamedDatasets {
  const tensors = new Map([...datasets].map(([path, dataset]) => [path.slice(1).replace(/:\d+$/, ''), dataset]));
  const layers = [...tensors.keys()].map((name) => name.slice(0, Math.max(0, name.lastIndexOf('/'))));
  return { tensors, layers, others: [] };
}
