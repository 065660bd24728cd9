import { AlexNetError, labelSets } from '@alexnet/core';
import type { OpenedSet } from '@alexnet/image';
import type { Context } from '../commands/command.ts';
import type { Network } from '../weights/open-network.ts';
import { openSet } from './data.ts';

/** The names of a network's classes, where anybody knows. */
export function classNames({ origin, variant, dimensions: { classes } }: Network): readonly string[] | undefined {
  const labels = (origin.kind === 'native' ? origin.manifest.labels : undefined) ?? variant.labels;
  const names = typeof labels === 'string' ? labelSets[labels].names : labels;
  return names?.length === classes && new Set(names).size === classes ? names : undefined;
}

/**
 * A set with a network's labels: class folders are told by the names that the network knows. Where these are others (or nobody knows them)
 * and there are as many folders as classes, their order is taken. Errors: `invalid-file` when neither is so.
 */
export async function openSetFor(network: Network, path: string, { output, signal }: Context): Promise<OpenedSet> {
  const { classes } = network.dimensions;
  const names = classNames(network);
  if (names !== undefined) {
    try {
      return await openSet(path, { classes: names, signal });
    } catch (error) {
      if (!(error instanceof AlexNetError) || error.code !== 'invalid-file') throw error;
      const set = await openSet(path, { signal }).catch(() => undefined);
      if (set?.classes.length !== classes) throw error;
      output.note(
        `The folders are not called as the classes of the network: they are taken in the order of their names.`,
      );
      return set;
    }
  }
  const set = await openSet(path, { signal });
  if (set.classes.length === classes) return set;
  throw new AlexNetError({
    code: 'invalid-file',
    message: `The network tells ${classes} classes apart, and ${path} has ${set.classes.length}`,
    fix: 'Give a folder for each of its classes, or a list with their numbers.',
    where: path,
  });
}
