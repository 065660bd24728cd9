import { createTurns, type Turns } from '@alexnet/core';

const shared = new WeakMap<object, Turns>();

/** The same turns for everybody who names the same owner. */
export function turnsOf(owner: object): Turns {
  const turns = shared.get(owner) ?? createTurns();
  shared.set(owner, turns);
  return turns;
}
