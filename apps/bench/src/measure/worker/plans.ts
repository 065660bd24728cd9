import { type BenchmarkPlan, type ConformancePlan, networksOf } from '@alexnet/benchmark';
import type { NetworkChoice } from '../choice/network-choice.ts';

/** Of the weights and of everything that is drawn. */
const SEED = 1;

type Plans = Readonly<
  Record<
    NetworkChoice,
    { readonly conform: Omit<ConformancePlan, 'backends'>; readonly bench: Omit<BenchmarkPlan, 'backends' | 'peers'> }
  >
>;

const quarter = { width: 0.25 };
const [, torchvision] = networksOf.quick.map(({ variant }) => variant) as [string, string];

/** What is checked and timed. What is timed is also checked, in the same size. Training is not what one chooses a backend for here. */
export const plans: Plans = {
  quick: {
    conform: { level: 'quick', networks: networksOf.quick, training: false, dimensions: quarter, seed: SEED },
    bench: { variants: [torchvision], dimensions: quarter, batches: [1], seed: SEED, budget: 6, limit: 60 },
  },
  published: {
    conform: { level: 'quick', networks: networksOf.standard, training: false, seed: SEED },
    bench: { variants: [torchvision], batches: [1], seed: SEED, budget: 20, limit: 120 },
  },
};
