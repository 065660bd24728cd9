import type { Shape } from '@alexnet/core';
import { textOf } from './hdf5/attributes.ts';
import type { Hdf5Dataset } from './hdf5/describe.ts';
import type { Hdf5Session } from './hdf5/session.ts';
import type { Hdf5Tree } from './hdf5/walk.ts';
import type { LayerConfig } from './layer-config.ts';
import { addNamed, type NamedDatasets, plainNames } from './naming.ts';

/*
 * The `.weights.h5` files of Keras 3 (keras/src/saving/saving_lib.py). Every object that has variables has a group `vars` with the
 * datasets `0`, `1`...: `layers/conv2d_1/vars/0`. The groups are named for the layers' classes, counted per class in the order of the
 * model; newer versions also keep the layer's name, as the attribute `name` of `vars`.
 */

/** The variables of one layer. */
interface VarsGroup {
  /** `conv2d_1`. */
  readonly automatic: string;
  /** In the order of their numbers. */
  readonly variables: readonly Hdf5Dataset[];
  readonly ownName: string | undefined;
}

/** The datasets by the names `layer/weight`. Variables that cannot be told apart keep their numbers: `bn1/0`. */
export function varsNames(
  session: Hdf5Session,
  tree: Hdf5Tree,
  configs: readonly LayerConfig[] | undefined,
): NamedDatasets {
  const groups = varsGroups(session, tree);
  if (groups.length === 0 && configs === undefined) return plainNames(tree);
  const automatic = automaticNames(configs ?? []);
  const configOf = new Map(configs?.map((config, index) => [automatic[index]!, config]));
  const byName = new Map(configs?.map((config) => [config.name, config]));
  const named = groups.map((group) => {
    const config = group.ownName === undefined ? configOf.get(group.automatic) : byName.get(group.ownName);
    return { ...group, config, layer: group.ownName ?? config?.name ?? group.automatic };
  });

  const tensors = new Map<string, Hdf5Dataset>();
  for (const { variables, layer, config, automatic: group } of named) {
    const leaves = leavesOf(
      config?.className ?? classOf(group),
      variables.map(({ shape }) => shape),
      config,
    );
    for (const [i, dataset] of variables.entries()) addNamed(tensors, `${layer}/${leaves[i] ?? i}`, dataset);
  }
  const seen = new Set([...tensors.values()].map(({ path }) => path));
  const others = [...tree.datasets.keys()].filter((path) => !seen.has(path));
  return { tensors, layers: inComputingOrder(named).map(({ layer }) => layer), others };
}

function varsGroups(session: Hdf5Session, tree: Hdf5Tree): VarsGroup[] {
  const numbered = new Map<string, Map<number, Hdf5Dataset>>();
  for (const [path, dataset] of tree.datasets) {
    const [, group, number] = /^(.*\/vars)\/(\d{1,6})$/.exec(path) ?? [];
    if (group === undefined || isNoLayer(group)) continue;
    const variables = numbered.get(group) ?? new Map<number, Hdf5Dataset>();
    numbered.set(group, variables.set(Number(number), dataset));
  }
  return [...numbered].map(([group, variables]) => ({
    // files from Windows have backslashes
    automatic: group.split(/[/\\]/).at(-2)!,
    variables: [...variables].sort(([a], [b]) => a - b).map(([, dataset]) => dataset),
    ownName: textOf(session, group, 'name') || undefined,
  }));
}

/** The optimizer's state, metrics, and what random generators remember. */
function isNoLayer(group: string): boolean {
  return /^\/(optimizer|metrics)\b/.test(group) || /\/seed_generator(_\d+)?\/vars$/.test(group);
}

/** As Keras names groups: the class in snake case, and from the second on a number. */
function automaticNames(configs: readonly LayerConfig[]): readonly string[] {
  const counts = new Map<string, number>();
  return configs.map(({ className }) => {
    const stem = snakeCase(className);
    const count = counts.get(stem) ?? 0;
    counts.set(stem, count + 1);
    return count === 0 ? stem : `${stem}_${count}`;
  });
}

function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

const classes: Readonly<Record<string, string>> = {
  conv2d: 'Conv2D',
  dense: 'Dense',
  batch_normalization: 'BatchNormalization',
};

function classOf(automatic: string): string | undefined {
  return classes[automatic.replace(/_\d+$/, '')];
}

/** What a layer's variables are, in Keras's order: those that are trained first. */
function leavesOf(
  className: string | undefined,
  shapes: readonly Shape[],
  config: LayerConfig | undefined,
): readonly string[] {
  const [first = []] = shapes;
  if (className === 'BatchNormalization' || (className === undefined && isBatchNorm(shapes))) {
    if (config === undefined && shapes.length === 3) return []; // gamma or beta is missing, and nothing says which
    const scale = config === undefined ? shapes.length === 4 : config.scale;
    const center = config === undefined ? shapes.length === 4 : config.center;
    return [...(scale ? ['gamma'] : []), ...(center ? ['beta'] : []), 'moving_mean', 'moving_variance'];
  }
  const known = className === 'Conv2D' || className === 'Dense' || className === undefined;
  return known && (first.length === 4 || first.length === 2) ? ['kernel', 'bias'] : [];
}

function isBatchNorm(shapes: readonly Shape[]): boolean {
  return shapes.length === 4 && shapes.every((shape) => shape.length === 1 && shape[0] === shapes[0]![0]);
}

interface Named extends VarsGroup {
  readonly layer: string;
}

/**
 * The order of layers that a file without a description has in name only: convolutions, then dense layers, each by number. A batch norm
 * follows the first layer that has as many channels and none yet.
 */
function inComputingOrder(groups: readonly Named[]): readonly Named[] {
  const numberOf = ({ automatic }: Named) => Number(/_(\d+)$/.exec(automatic)?.[1] ?? 0);
  const rank = ({ variables }: Named) => -(variables[0]?.shape.length ?? 0);
  const sorted = [...groups].sort((a, b) => rank(a) - rank(b) || numberOf(a) - numberOf(b));
  const isNorm = ({ variables }: Named) => variables[0]?.shape.length === 1;
  const norms = sorted.filter(isNorm);
  const order = sorted
    .filter((group) => !isNorm(group))
    .flatMap((group) => {
      const next = norms[0];
      if (next === undefined || next.variables[0]?.shape[0] !== group.variables[0]?.shape.at(-1)) return [group];
      norms.shift();
      return [group, next];
    });
  return [...order, ...norms];
}
