import { damaged } from '../damaged.ts';
import { stringsOf } from './hdf5/attributes.ts';
import type { Hdf5Dataset } from './hdf5/describe.ts';
import type { Hdf5Session } from './hdf5/session.ts';
import type { Hdf5Tree } from './hdf5/walk.ts';
import { addNamed, type NamedDatasets } from './naming.ts';

/*
 * The `.h5` files of Keras 1, 2 and 3 (keras/src/legacy/saving/legacy_h5_format.py). One group per layer, listed by the attribute
 * `layer_names`; each lists its weights by the attribute `weight_names`: `conv1/kernel:0` in Keras 2, `conv1/kernel` in Keras 3, and the
 * datasets lie at these paths below the group. A list that is too long for one attribute is cut into `layer_names0`, `layer_names1`...
 * A file of a whole model has all that in the group `model_weights`.
 */

/** Where the layers' groups are; undefined in a file of another kind. */
export function legacyRoot(session: Hdf5Session, tree: Hdf5Tree): string | undefined {
  const root = tree.groups.has('/model_weights') ? '/model_weights' : '';
  return listAttribute(session, root || '/', 'layer_names') === undefined ? undefined : root;
}

/** The datasets by the names `layer/weight`. Errors: `invalid-file` for a weight that is listed and missing. */
export function legacyNames(session: Hdf5Session, tree: Hdf5Tree, root: string): NamedDatasets {
  const tensors = new Map<string, Hdf5Dataset>();
  const layers: string[] = [];
  const seen = new Set<string>();
  // the last one has weights that the model itself has, which most have not
  for (const layer of [...listAttribute(session, root || '/', 'layer_names')!, 'top_level_model_weights']) {
    const group = `${root}/${layer}`;
    const weights = tree.groups.has(group) ? (listAttribute(session, group, 'weight_names') ?? []) : [];
    const scopes = new Set(weights.map(scopeOf));
    for (const weight of weights) {
      const path = `${group}/${weight}`;
      const dataset = tree.datasets.get(path);
      if (dataset === undefined) throw damaged('It is listed as a weight, and there are no such numbers', path);
      // a model inside the model is one layer with many scopes
      const owner = scopes.size > 1 ? scopeOf(weight) || layer : layer;
      seen.add(path);
      layers.push(owner);
      addNamed(tensors, `${owner}/${leafOf(weight)}`, dataset);
    }
  }
  const others = [...tree.datasets.keys()].filter((path) => !seen.has(path));
  return { tensors, layers, others };
}

/** TensorFlow's names end with the number of an output. */
function leafOf(weight: string): string {
  return weight.slice(weight.lastIndexOf('/') + 1).replace(/:\d+$/, '');
}

/** The innermost of the names before the weight's own. */
function scopeOf(weight: string): string {
  return weight.split('/').at(-2) ?? '';
}

const MAX_PARTS = 1000;

function listAttribute(session: Hdf5Session, path: string, name: string): readonly string[] | undefined {
  const whole = stringsOf(session, path, name);
  if (whole !== undefined) return whole;
  const parts: string[] = [];
  for (let i = 0; i < MAX_PARTS; i++) {
    const part = stringsOf(session, path, `${name}${i}`);
    if (part === undefined) return i === 0 ? undefined : parts;
    parts.push(...part);
  }
  return parts;
}
