import { defineConfig } from 'vitest/config';
import { suite } from '../../tools/vitest.ts';

export default defineConfig(suite());
