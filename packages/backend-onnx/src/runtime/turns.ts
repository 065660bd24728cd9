/** Does work when all work before it has ended, however it ended. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}

const shared = new WeakMap<object, Turns>();

/** The same turns for everybody who names the same owner. */
export function turnsOf(owner: object): Turns {
  const turns = shared.get(owner) ?? createTurns();
  shared.set(owner, turns);
  return turns;
}
