#!/usr/bin/env node
// Checks the float64 oracle against what PyTorch computed in float64 of full-size networks on a photograph, layer by layer.
//
//   node tools/check-values.mjs [VARIANT ...]       compares; default: all of packages/conformance/src/networks/check-values.golden.json
//   node tools/check-values.mjs --export FOLDER     writes graphs and inputs for tools/python/check_values.py, which makes that file
//
// Reads the packages as they were built.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from './memory/built.mjs';

/** The largest relative difference that passes. Two orders of summation in float64 differ by some 1e-15. */
const ALLOWED = 1e-12;
const SEED = 1;
const PHOTOGRAPH = 'coffee';

const { values: options, positionals } = parseArgs({ options: { export: { type: 'string' } }, allowPositionals: true });
const core = await load('core');
const { decodeImage } = await load('image');
const { photographs } = await load('conformance');
const { checkOracle, checkValues, generatedInput } = await load('conformance', 'self-test');

/** @param {{ variant: string, dimensions: object, image: string }} network */
async function inputOf(network) {
  if (network.image === 'generated') return generatedInput(network);
  const { preprocessing } = core.createVariant(network.variant, network.dimensions);
  const { url } = photographs.find((/** @type {{ name: string }} */ { name }) => name === network.image);
  return core.preprocess(await decodeImage(fileURLToPath(url)), preprocessing);
}

if (options.export === undefined) await compare();
else await exportTo(options.export);

async function compare() {
  const wanted = checkValues.filter(
    (/** @type {{ variant: string }} */ { variant }) => positionals.length === 0 || positionals.includes(variant),
  );
  if (wanted.length === 0) throw new Error(`There are no check values of ${positionals.join(', ')}`);
  for (const network of wanted) {
    const began = performance.now();
    const { sameInput, top5, values } = await checkOracle(network, await inputOf(network));
    const [worst] = values;
    const agrees = sameInput && top5.got.join() === top5.want.join() && worst.relative <= ALLOWED;
    if (!agrees) process.exitCode = 1;
    const name = `${network.variant} ${JSON.stringify(network.dimensions)} on ${network.image}`;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const said = sameInput
      ? `${values.length} numbers within ${worst.relative.toExponential(1)} (${worst.what}), first classes ${top5.got.join(' ')}`
      : 'the input is not the one that PyTorch read: the photograph is decoded or preprocessed otherwise';
    console.log(`${agrees ? 'agrees' : 'DIFFERS'}  ${name}: ${said}; ${seconds} s`);
  }
}

/** @param {string} folder */
async function exportTo(folder) {
  mkdirSync(folder, { recursive: true });
  const networks = core.variantDefinitions.flatMap((/** @type {{ id: string }} */ { id }) => [
    { variant: id, dimensions: {}, seed: SEED, image: PHOTOGRAPH },
    { variant: id, dimensions: { width: 1 / 16, classes: 11 }, seed: SEED, image: 'generated' },
  ]);
  for (const [index, network] of networks.entries()) {
    const { graph } = core.createVariant(network.variant, network.dimensions);
    const { data } = await inputOf(network);
    const name = String(index).padStart(2, '0');
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...network, graph }));
    writeFileSync(join(folder, `${name}.f32`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  console.log(`${networks.length} networks in ${folder}`);
}
