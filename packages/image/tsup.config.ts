import { defineConfig } from 'tsup';
import { library } from '../../tools/tsup.ts';

const shared = library({
  entry: { index: 'src/index.ts', worker: 'src/workers/worker.ts' },
  platform: 'node',
});

// nobody imports the worker: it needs no types
export default defineConfig({ ...shared, dts: { ...(shared.dts as object), entry: { index: 'src/index.ts' } } });
