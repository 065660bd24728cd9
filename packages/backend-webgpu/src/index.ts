export { tuneWebGpu, type WebGpuOptions, webgpuProvider } from './provider.ts';
export type { TuneOptions, TuneProgress } from './tune/tune.ts';
export type { Tuning } from './tune/tuning.ts';
