/* The suite's own test, for everybody: faults that it must catch and name, and correct kernels that it must never fail. */
export { type Alteration, alteredBackend, type Call } from './altered-backend.ts';
export type { Fault } from './faults/fault.ts';
export { faults } from './faults/index.ts';
