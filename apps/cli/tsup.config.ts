import { defineConfig } from 'tsup';
import { library } from '../../tools/tsup.ts';

export default defineConfig(
  library({
    entry: { main: 'src/main.ts' },
    platform: 'node',
    dts: false,
    banner: { js: '#!/usr/bin/env node' },
  }),
);
