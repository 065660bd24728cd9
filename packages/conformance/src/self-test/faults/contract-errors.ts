import type { Fault } from './fault.ts';

/** Mistakes of the caller that are not noticed. */
export const errorFaults: readonly Fault[] = [
  ...(
    [
      ['inputs', 'errors/missing-input'],
      ['inputs', 'errors/wrong-input-shape'],
      ['inputs', 'errors/no-batch'],
      ['inputs', 'errors/empty-batch'],
      ['inputs', 'errors/short-input'],
      ['outputs', 'errors/unknown-output'],
      ['weights', 'errors/missing-weights'],
      ['weights', 'errors/wrong-weight-shape'],
      ['weights', 'errors/short-weight'],
      ['graph', 'errors/invalid-graph'],
      ['signal', 'errors/compile-aborted'],
      ['signal', 'errors/run-aborted'],
      ['disposed', 'errors/run-after-dispose'],
      ['precision', 'errors/undeclared-precision'],
    ] as const
  ).map(
    ([what, slug]): Fault => ({
      id: `behaviour/${slug}`,
      name: `${what} are not checked (${slug.slice(7)})`,
      caughtBy: `behaviour/${slug}`,
      cause: `behaviour/${slug}`,
      alteration: { unchecked: [what] },
    }),
  ),
  {
    id: 'behaviour/undeclared-op',
    name: 'an op that is not declared is computed nevertheless',
    cause: 'behaviour/errors/undeclared-op',
    caughtBy: 'behaviour/errors/undeclared-op',
    alteration: { capabilities: { ops: ['conv2d', 'linear'] } },
  },
];
