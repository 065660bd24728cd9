import { contractFaults } from './contract.ts';
import { errorFaults } from './contract-errors.ts';
import { lifetimeFaults } from './contract-lifetime.ts';
import { promiseFaults } from './contract-promises.ts';
import { convolutionWindowFaults } from './convolution.ts';
import { convolutionChannelFaults } from './convolution-channels.ts';
import { elementwiseFaults } from './elementwise.ts';
import type { Fault } from './fault.ts';
import { fusedFaults } from './fused.ts';
import { gradientFaults } from './gradients.ts';
import { linearFaults } from './linear.ts';
import { lrnFaults } from './lrn.ts';
import { movementFaults } from './movement.ts';
import { poolingFaults } from './pooling.ts';
import { storedFaults } from './stored.ts';
import { trainingFaults } from './training.ts';

/** The catalogue: every fault must be caught by the check that it names. */
export const faults: readonly Fault[] = [
  ...convolutionWindowFaults,
  ...convolutionChannelFaults,
  ...linearFaults,
  ...storedFaults,
  ...lrnFaults,
  ...poolingFaults,
  ...elementwiseFaults,
  ...movementFaults,
  ...fusedFaults,
  ...gradientFaults,
  ...trainingFaults,
  ...contractFaults,
  ...lifetimeFaults,
  ...promiseFaults,
  ...errorFaults,
];
