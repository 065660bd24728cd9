import { opNotDeclared } from '../ops/check.ts';
import type { CheckDefinition } from '../run/check.ts';
import { createLab } from './lab.ts';
import type { Law } from './law.ts';
import { batchLaws } from './laws/batch.ts';
import { convolutionLaws } from './laws/convolution.ts';
import { convolutionByOthersLaws } from './laws/convolution-by-others.ts';
import { linearLaws } from './laws/linear.ts';
import { pointwiseLaws } from './laws/pointwise.ts';
import { poolingLaws } from './laws/pooling.ts';

export const laws: readonly Law[] = [
  ...convolutionLaws,
  ...convolutionByOthersLaws,
  ...linearLaws,
  ...poolingLaws,
  ...pointwiseLaws,
  ...batchLaws,
];

/** One check per law. Both sides come from the backend, and may be as far apart as their budgets together. */
export const lawChecks: readonly CheckDefinition[] = laws.map(
  ({ slug, ops, name, why, nonFinite = false, check }): CheckDefinition => ({
    id: `property/${slug}`,
    suite: 'property',
    op: ops[0],
    name,
    why,
    notDeclared: (capabilities) =>
      ops.map((op) => opNotDeclared(op, capabilities)).find((reason) => reason !== undefined) ??
      (nonFinite && !capabilities.strictNonFinite
        ? 'The backend does not declare strictNonFinite: NaN and infinities may be lost'
        : undefined),
    run: (backend, signal) => check(createLab(backend, signal)),
  }),
);
