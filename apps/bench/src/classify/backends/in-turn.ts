/** Lets one task run after the other. */
export type InTurn = <T>(task: () => Promise<T>) => Promise<T>;

/** A queue of its own. A task that fails does not stop the next. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
}
