import { contractFaults } from './contract.ts';
import { convolutionFaults } from './convolution.ts';
import { elementwiseFaults } from './elementwise.ts';
import type { Fault } from './fault.ts';
import { linearFaults } from './linear.ts';
import { lrnFaults } from './lrn.ts';
import { movementFaults } from './movement.ts';
import { poolingFaults } from './pooling.ts';
import { storedFaults } from './stored.ts';

/** The catalogue: every fault must be caught by the check that it names. */
export const faults: readonly Fault[] = [
  ...convolutionFaults,
  ...linearFaults,
  ...storedFaults,
  ...lrnFaults,
  ...poolingFaults,
  ...elementwiseFaults,
  ...movementFaults,
  ...contractFaults,
];
