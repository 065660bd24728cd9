#!/usr/bin/env node
// Runs the install script of a native package that the workspace install skips on purpose (see pnpm-workspace.yaml):
//
//   node tools/native.mjs ort     the CUDA provider of onnxruntime-node, about 400 MB from NuGet
//   node tools/native.mjs tfjs    TensorFlow for @tensorflow/tfjs-node; `npm start` and `npm test` try it once by themselves
//
// `pnpm rebuild` does nothing for a package whose scripts are ignored, hence this.
import { getNative } from './bootstrap/get-native.mjs';
import { nativeFolder, natives } from './natives.mjs';

const native = natives.find(({ id }) => id === process.argv[2]);
const folder = native && nativeFolder(native);
if (native === undefined) {
  console.error(`usage: node tools/native.mjs ${natives.map(({ id }) => id).join('|')}`);
  process.exitCode = 2;
} else if (!native.offered) {
  console.error(`There is nothing to get for ${native.name} on ${process.platform} ${process.arch}.`);
  process.exitCode = 1;
} else if (folder === undefined) {
  console.error(`${native.name} is not installed. Run npm test or npm start first.`);
  process.exitCode = 1;
} else {
  process.exitCode = await getNative(native, folder);
  if (process.exitCode === 0) {
    console.error(`Installed: ${native.what}.`);
  } else {
    const from = native.instead ?? native.host;
    console.error(`Could not get ${native.what} from ${from}; the lines above say why.
Everything else works without it. Check the network and the proxy (HTTPS_PROXY), and try again.`);
  }
}
