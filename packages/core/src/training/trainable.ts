import { AlexNetError } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { opOf } from '../ops/index.ts';

/** The parameters to train. Errors: `unknown-name`, `unsupported` (see `trainingGraph`). */
export function trainableOf(network: Graph, names: readonly string[] | undefined): ReadonlySet<string> {
  const moving = new Set(network.nodes.flatMap((node) => (node.op === 'batchNorm' ? [node.mean, node.variance] : [])));
  const all = network.parameters.map(({ name }) => name).filter((name) => !moving.has(name));
  for (const name of names ?? []) {
    if (all.includes(name)) continue;
    throw new AlexNetError({
      code: 'unknown-name',
      message: moving.has(name)
        ? `${name} is a moving statistic of batch norm, which is measured, not trained`
        : `The network ${network.name} has no parameter ${name}`,
      fix: `Choose from ${all.join(' ')}.`,
      where: 'trainable',
    });
  }
  const readers = new Map<string, number>();
  for (const node of network.nodes) {
    for (const name of opOf(node).parameters(node)) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const trained = names ?? all;
  const shared = trained.filter((name) => (readers.get(name) ?? 0) > 1);
  if (shared.length === 0) return new Set(trained);
  throw new AlexNetError({
    code: 'unsupported',
    message: `More than one node reads the parameter ${shared.join(', ')}: shared parameters are not trained`,
    fix: 'Freeze it: leave it out of trainable.',
    where: `graph ${network.name}`,
  });
}
