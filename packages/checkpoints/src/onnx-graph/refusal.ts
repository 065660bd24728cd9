/** Thrown and caught within this folder: an operator, or a use of one, that no op of ours is. Not an error of the file. */
export class Refusal extends Error {}

/** Says why, in words that are the same for every node of which it holds. Never returns. */
export function refuse(reason: string): never {
  throw new Refusal(reason);
}
