import { defineConfig } from 'vitest/config';
import { suite } from '../../tools/vitest.ts';

// Worker threads cannot be ended while the device has work; processes can.
export default defineConfig(suite({ pool: 'forks' }));
