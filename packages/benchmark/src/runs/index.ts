export { type BenchmarkHost, type BenchmarkPlan, benchAll, type GivenWeights } from './bench-all.ts';
export { type ConformancePlan, conformAll } from './conform-all.ts';
export { disposeBackends } from './dispose-backends.ts';
export type { Host, NamedInput, ProgressBar } from './host.ts';
export { type NetworkRun, networkRunsOf } from './network-runs.ts';
export { type NetworkPlan, networksOf } from './networks.ts';
export { partsOf } from './parts.ts';
export { peersOf, timeableOf, type WantedPeers } from './timeable.ts';
