#!/usr/bin/env node
// Runs a job of this repository on any machine with Node and npm, and first does what the job still needs:
//
//   node tools/bootstrap.mjs start [arguments]   the main job (`npm start`): `alexnet start`
//   node tools/bootstrap.mjs test  [arguments]   the tests    (`npm test`): arguments go to `turbo run test`
//   node tools/bootstrap.mjs cli   [arguments]   any command  (`npx alexnet ...`)
//   node tools/bootstrap.mjs page  [arguments]   the page     (`npm run page`): arguments go to `vite preview`
//
// No dependencies, and no syntax that an old Node cannot parse: an old Node must get as far as the message below.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `This repository needs Node 20.19 or newer; this is Node ${process.versions.node}. Get one from https://nodejs.org/.`,
  );
  process.exitCode = 1;
} else {
  const { main } = await import('./bootstrap/main.mjs');
  process.exitCode = await main(process.argv.slice(2));
}
