import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { findCycles } from './cycles.mjs';

/*
 * What may depend on what:
 *
 *   apps -> report -> benchmark, training -> conformance, backends, checkpoints, image, weights -> core
 *
 * Shipped code may only import from a layer further right, so no backend imports another. Tests may import any package that
 * their manifest names (one suite, every backend), as long as the packages form no cycle.
 */

/** @typedef {import('./sources.mjs').Package} Package */
/** @typedef {import('./sources.mjs').Source} Source */

/** Packages that also run in a browser: no static `node:` import may reach a bundler. */
const browserCapable = new Set([
  '@alexnet/core',
  '@alexnet/conformance',
  '@alexnet/benchmark',
  '@alexnet/training',
  '@alexnet/report',
  '@alexnet/checkpoints',
  '@alexnet/weights-cifar10',
  '@alexnet/backend-onnx',
  '@alexnet/backend-webgpu',
]);

/** Every other package is in layer 1, every app in the last. @type {ReadonlyMap<string | undefined, number>} */
const layers = new Map([
  ['@alexnet/core', 0],
  ['@alexnet/benchmark', 2], // conformance gates timing
  ['@alexnet/training', 2], // on any backend, with images from anywhere
  ['@alexnet/chromium', 2], // brings SwiftShader as backend-webgpu does
  ['@alexnet/report', 3],
]);
const APPS = 4;

/** @param {Package} pkg */
function layerOf({ folder, manifest }) {
  return folder.startsWith('apps/') ? APPS : (layers.get(manifest.name) ?? 1);
}

/**
 * @param {readonly Package[]} packages
 * @returns {string[]} problems, one line each; empty when all rules are kept
 */
export function checkRules(packages) {
  const byName = new Map(packages.map((pkg) => [pkg.manifest.name, pkg]));
  return [
    ...packages.flatMap((pkg) => pkg.sources.flatMap((source) => checkSource(pkg, source, byName))),
    ...packages.flatMap(fileCycles),
    ...packageCycles(packages),
  ];
}

/**
 * @param {Package} pkg
 * @param {Source} source
 * @param {ReadonlyMap<string, Package>} byName
 */
function checkSource(pkg, source, byName) {
  const { name } = pkg.manifest;
  /** @type {string[]} */
  const problems = [];
  for (const { specifier, kind, line } of source.imports) {
    /** @param {string} why */
    const report = (why) => problems.push(`${source.file}:${line}: imports ${specifier}: ${why}`);

    if (specifier.startsWith('.')) {
      const target = posix.join(posix.dirname(source.file), specifier);
      if (!target.startsWith(`${pkg.folder}/`)) report('a relative import must stay inside its package');
      continue;
    }
    if (isBuiltin(specifier)) {
      if (source.test) continue;
      // types are gone at run time; what its `files` entry needs of Node, it asks the process for
      if (name === '@alexnet/core' && kind !== 'type') report('core runs in any JavaScript engine, without Node');
      else if (browserCapable.has(name) && kind === 'static')
        report(`${name} runs in browsers, where this cannot load`);
      continue;
    }
    const target = packageNameOf(specifier);
    const other = byName.get(target);
    if (!declared(pkg, source, target)) report(`${pkg.folder}/package.json does not declare ${target}`);
    if (source.test) continue;
    if (other !== undefined && layerOf(other) >= layerOf(pkg)) {
      report(
        'dependencies go apps -> report -> benchmark, training -> conformance, backends, checkpoints, image, weights -> core',
      );
    } else if (other === undefined && name === '@alexnet/core') {
      report('core has no dependencies');
    }
  }
  return problems;
}

/**
 * Whether a manifest lets a file import a package: shipped code needs a dependency that its user gets too.
 * @param {Package} pkg
 * @param {Source} source
 * @param {string} target
 */
function declared({ manifest }, { test }, target) {
  const { name, dependencies = {}, peerDependencies = {}, optionalDependencies = {}, devDependencies = {} } = manifest;
  if (target === name) return true;
  if (test && (target === 'vitest' || Object.hasOwn(devDependencies, target))) return true;
  return [dependencies, peerDependencies, optionalDependencies].some((group) => Object.hasOwn(group, target));
}

/** @param {string} specifier */
function isBuiltin(specifier) {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** @param {string} specifier like `@scope/name/path` or `name/path` */
function packageNameOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {Package} pkg */
function fileCycles({ sources }) {
  const edges = new Map(
    sources.map(({ file, imports }) => [
      file,
      new Set(
        imports
          .filter(({ specifier, kind }) => specifier.startsWith('.') && kind !== 'type')
          .map(({ specifier }) => posix.join(posix.dirname(file), specifier)),
      ),
    ]),
  );
  return findCycles(edges).map((cycle) => `${cycle[0]}: files import each other: ${cycle.join(' -> ')}`);
}

/** @param {readonly Package[]} packages */
function packageCycles(packages) {
  const edges = new Map(
    packages.map(({ manifest: { name, dependencies = {}, peerDependencies = {}, devDependencies = {} } }) => [
      name,
      new Set(Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies })),
    ]),
  );
  return findCycles(edges).map((cycle) => `packages depend on each other: ${cycle.join(' -> ')}`);
}
