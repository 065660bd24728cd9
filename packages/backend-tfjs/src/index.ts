export { type EngineName, engineNames } from './engines/engine.ts';
export type { TfjsShard } from './export/shards.ts';
export { type TfjsFiles, type ToTfjsOptions, toTfjs } from './export/to-tfjs.ts';
export { tfjsPeers } from './peers.ts';
export { type TfjsOptions, tfjsProvider, tfjsProviders } from './provider.ts';
export type { TfjsModule } from './tfjs.ts';
