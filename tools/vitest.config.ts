import { defineConfig } from 'vitest/config';
import { suite } from './vitest.ts';

export default defineConfig(suite({ include: ['**/*.test.mjs'] }));
