/**
 * The files of the weights by name, as addresses: what `openWeights` and `loadWeights` of `@alexnet/core/files` take, in Node and in
 * browsers. Bundlers that know `new URL(..., import.meta.url)` bring the files along.
 */
export const cifar10Weights: ReadonlyMap<string, URL> = new Map([
  ['manifest.json', new URL('../weights/manifest.json', import.meta.url)],
  ['weights-000.safetensors', new URL('../weights/weights-000.safetensors', import.meta.url)],
]);
