export { type WebGpuOptions, webgpuProvider } from './provider.ts';
