import type { Options } from 'tsup';

/** How every package is built: one ES module with types, source maps, nothing bundled that is a dependency. */
export function library(options: Options = {}): Options {
  return {
    entry: { index: 'src/index.ts' },
    format: ['esm'],
    target: 'es2022',
    platform: 'neutral',
    // TypeScript 6 deprecates the `baseUrl` that tsup's declaration build sets.
    dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: [] } },
    sourcemap: true,
    clean: true,
    removeNodeProtocol: false,
    external: [/^node:/],
    ...options,
  };
}
