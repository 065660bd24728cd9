import { defineConfig } from 'vitest/config';
import { suite } from '../../tools/vitest.ts';

export default defineConfig(suite({ globalSetup: './build-site.ts', expect: { poll: { timeout: 20_000 } } }));
