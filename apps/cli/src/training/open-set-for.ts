import { AlexNetError } from '@alexnet/core';
import type { OpenedSet } from '@alexnet/image';
import type { Context } from '../commands/command.ts';
import { SHIPPED } from '../weights/locate.ts';
import { classNames, type Network } from '../weights/open-network.ts';
import { isFile, openSet } from './data.ts';

/**
 * A set with a network's labels: class folders are told by the names that the network knows. Where none of these is one that it knows (or
 * nobody knows them) and there are as many folders as classes, their order is taken. A list has labels anyway. Errors: `invalid-file` when
 * neither is so.
 */
export async function openSetFor(network: Network, path: string, { output, signal }: Context): Promise<OpenedSet> {
  const { classes } = network.dimensions;
  const names = classNames(network);
  const unique = names !== undefined && new Set(names).size === classes;
  if (await isFile(path)) {
    const labels = Array.from({ length: classes }, (_, i) =>
      unique ? names[i]! : `${i} ${names?.[i] ?? ''}`.trimEnd(),
    );
    return openSet(path, { classes: labels, signal });
  }
  if (unique) {
    try {
      return await openSet(path, { classes: names, signal });
    } catch (error) {
      if (!(error instanceof AlexNetError) || error.code !== 'invalid-file') throw error;
      const set = await openSet(path, { signal }).catch(() => undefined);
      const isForeign = set?.classes.length === classes && !set.classes.some((name) => names.includes(name));
      if (set === undefined || !isForeign || network.origin.text === SHIPPED) throw error;
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
