import { copyFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { library } from '../../tools/tsup.ts';

export default defineConfig(
  library({
    // HDF5 comes along, as a file that is loaded with the first file of Keras: the module that its package exports cannot be started anew
    noExternal: [/h5wasm/],
    esbuildOptions(options) {
      options.charset = 'utf8'; // its WebAssembly is in a string, which would become twice as long
    },
    async onSuccess() {
      copyFileSync('node_modules/h5wasm/LICENSE.txt', 'dist/LICENSE.h5wasm.txt');
    },
  }),
);
