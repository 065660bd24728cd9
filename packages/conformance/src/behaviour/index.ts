import { explained } from '../diagnosis/behaviour/explained.ts';
import type { CheckDefinition } from '../run/check.ts';
import { errorChecks } from './errors.ts';
import { leakChecks } from './leaks.ts';
import { lifetimeChecks } from './lifetime.ts';
import { ownershipChecks } from './ownership.ts';
import { resultChecks } from './results.ts';
import { graph } from './subject.ts';

/** What the Backend contract promises, checked on one small network. */
export const behaviourChecks: readonly CheckDefinition[] = [
  ...resultChecks,
  ...ownershipChecks,
  ...errorChecks,
  ...leakChecks,
  ...lifetimeChecks,
]
  .map(onDeclaredOps)
  .map(explained);

/** They all run the small network, so a backend without one of its ops cannot be asked; but for whether it says so. */
function onDeclaredOps(check: CheckDefinition): CheckDefinition {
  if (check.id === 'behaviour/errors/undeclared-op') return check;
  return {
    ...check,
    notDeclared(capabilities, testing) {
      const missing = graph.nodes.find(({ op }) => !capabilities.ops.includes(op));
      if (missing === undefined) return check.notDeclared?.(capabilities, testing);
      return `The backend does not declare the op ${missing.op}, which the network of the contract checks has`;
    },
  };
}
