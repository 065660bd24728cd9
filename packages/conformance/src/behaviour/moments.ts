/** When something happens to work that was just started. Work of some engines is over within a millisecond, of others it takes many. */
export interface Moment {
  readonly name: string;
  /** Nothing can have ended yet. */
  readonly atOnce: boolean;
  /** Undefined: in the same turn. */
  wait(): Promise<void> | undefined;
}

const after = (ms: number): Moment => ({
  name: `${ms} ms after the start`,
  atOnce: false,
  wait: () => new Promise((resolve) => setTimeout(resolve, ms)),
});

export const moments: readonly Moment[] = [
  { name: 'at once after the start', atOnce: true, wait: () => undefined },
  after(0),
  after(2),
  after(10),
];
