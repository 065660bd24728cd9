import { candidatesOf, differencesOf, followClues, openCheckpoint } from '@alexnet/checkpoints';
import type { ByteSource } from '@alexnet/core';

/** A network that a file may hold. */
export interface Choice {
  readonly variant: string;
  readonly title: string;
  /** What it does differently from the others. */
  readonly difference: string;
}

/** The networks whose tensors a file has, as far as nothing in it tells them apart. Errors: those of opening it. */
export async function choicesOf(
  source: ByteSource,
  sibling: (path: string) => Promise<ByteSource | undefined>,
): Promise<readonly Choice[]> {
  const file = await openCheckpoint(source, { sibling });
  const { candidates } = followClues(candidatesOf(file), file);
  return candidates.map(({ variant: { id, title } }) => ({ variant: id, title, difference: differencesOf(id) }));
}
