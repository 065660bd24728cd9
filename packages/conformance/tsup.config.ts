import { defineConfig } from 'tsup';
import { library } from '../../tools/tsup.ts';

export default defineConfig(
  library({
    entry: {
      index: 'src/index.ts',
      'self-test': 'src/self-test/index.ts',
      vitest: 'src/vitest.ts',
      page: 'src/page.ts',
    },
  }),
);
