import { defineConfig } from 'vitest/config';
import { suite } from '../../tools/vitest.ts';

// One file after the other: the first that needs the page builds it, and what browsers are given to do is timed.
export default defineConfig(suite({ fileParallelism: false }));
