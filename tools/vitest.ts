import type { ViteUserConfig } from 'vitest/config';
import { countingReporter } from './reporter.ts';

/** How every package is tested: workspace packages are read from source, so no build is needed. */
export function suite(test: NonNullable<ViteUserConfig['test']> = {}): ViteUserConfig {
  return {
    resolve: { conditions: ['@alexnet/source'] },
    ssr: { resolve: { conditions: ['@alexnet/source'] } },
    test: {
      include: ['src/**/*.test.ts'],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      reporters: ['default', countingReporter()],
      ...test,
    },
  };
}
