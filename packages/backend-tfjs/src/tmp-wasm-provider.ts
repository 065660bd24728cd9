import { tfjsProvider } from './provider.ts'; export const provider = tfjsProvider({ engine: 'wasm' });
