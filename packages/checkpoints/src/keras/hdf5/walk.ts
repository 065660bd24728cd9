import { damaged } from '../../damaged.ts';
import { describeDataset, type Hdf5Dataset } from './describe.ts';
import { objectType } from './module.ts';
import type { Hdf5Session } from './session.ts';

/** The objects of a file by their paths, which begin with a slash. */
export interface Hdf5Tree {
  readonly groups: ReadonlySet<string>;
  /** Those of numbers. */
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  /** Paths of all else: text, links to nowhere. */
  readonly others: readonly string[];
}

const MAX_DEPTH = 32;
const MAX_OBJECTS = 100_000;
/** Bytes that an object takes in a file at the least. */
const OBJECT_BYTES = 16;

/**
 * All groups and datasets of a file, without values, in the file's order.
 * Errors: `invalid-file`, also for more objects or larger datasets than the file's own size explains.
 */
export function walk(session: Hdf5Session): Hdf5Tree {
  const { bytes, file, call } = session;
  const groups = new Set<string>();
  const datasets = new Map<string, Hdf5Dataset>();
  const others: string[] = [];
  let objects = 0;
  let stored = 0;

  const visit = (group: string, depth: number) => {
    if (depth > MAX_DEPTH) throw damaged(`Groups are nested more than ${MAX_DEPTH} deep`, bytes.name);
    groups.add(group || '/');
    const names = call(group || '/', (module) => module.get_names(file, group || '/', false));
    objects += names.length;
    if (objects > Math.min(MAX_OBJECTS, bytes.size / OBJECT_BYTES)) {
      throw damaged(`There are ${objects} objects and more, too many for ${bytes.size} bytes`, bytes.name);
    }
    for (const name of names) {
      const path = `${group}/${name}`;
      const kind = call(path, (module) => module.get_type(file, path));
      if (kind === objectType.group) visit(path, depth + 1);
      else {
        const dataset = kind === objectType.dataset ? describeDataset(session, path) : undefined;
        if (dataset === undefined) others.push(path);
        else datasets.set(path, dataset);
        stored += dataset?.leastBytes ?? 0;
        if (stored > bytes.size) {
          throw damaged(`The datasets up to this one take ${stored} bytes, and the file has ${bytes.size}`, path);
        }
      }
    }
  };
  visit('', 0);
  return { groups, datasets, others };
}
