export type { NetworkOptions } from './http/network-options.ts';
export type { LoadOptions, LoadProgress } from './load-options.ts';
export type { WeightsLocation } from './location.ts';
export { type LoadedWeights, loadWeights, openWeights } from './open-weights.ts';
export type { OpenedWeights } from './opened-weights.ts';
