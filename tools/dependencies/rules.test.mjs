import { expect, it } from 'vitest';
import { importsOf } from './imports.mjs';
import { checkRules } from './rules.mjs';

/**
 * @param {string} folder
 * @param {Record<string, string>} files
 * @param {Partial<import('../bootstrap/workspace.mjs').Manifest>} [manifest]
 */
const pkg = (folder, files, manifest = {}) => ({
  folder,
  manifest: { name: `@alexnet/${folder.split('/')[1]}`, ...manifest },
  sources: Object.entries(files).map(([name, text]) => ({
    file: `${folder}/src/${name}`,
    test: name.includes('.test.'),
    imports: importsOf(name, text),
  })),
});

const onCore = { dependencies: { '@alexnet/core': 'workspace:^' } };
const core = pkg('packages/core', { 'index.ts': '' });
const onnx = pkg('packages/backend-onnx', { 'index.ts': '' }, onCore);

it.each([
  [
    'a cli that imports a backend and a backend that imports core',
    [
      core,
      pkg('packages/backend-onnx', { 'index.ts': "import '@alexnet/core';" }, onCore),
      pkg(
        'apps/cli',
        { 'main.ts': "import 'node:fs'; import '@alexnet/backend-onnx';" },
        { dependencies: { '@alexnet/backend-onnx': 'workspace:^' } },
      ),
    ],
  ],
  [
    'a test that runs one suite on a backend that its package declares for development',
    [
      onnx,
      pkg(
        'packages/conformance',
        { 'a.test.ts': "import 'vitest'; import '@alexnet/backend-onnx'; import 'node:fs';" },
        { devDependencies: { '@alexnet/backend-onnx': 'workspace:^' } },
      ),
    ],
  ],
  [
    'types that two files take from each other',
    [
      pkg('packages/core', {
        'a.ts': "import type { B } from './b.ts';",
        'b.ts': "import type { A } from './a.ts';",
      }),
    ],
  ],
  [
    'Node where a package is for Node only',
    [pkg('packages/image', { 'index.ts': "import 'node:fs'; import 'sharp';" }, { dependencies: { sharp: '1' } })],
  ],
  [
    'a built-in that a browser-capable package loads on demand',
    [pkg('packages/backend-onnx', { 'index.ts': "const os = () => import('node:os');" })],
  ],
])('allows %s', (_what, packages) => {
  expect(checkRules(packages)).toEqual([]);
});

it.each([
  [
    'core importing a Node built-in, even on demand',
    [pkg('packages/core', { 'a.ts': "const fs = () => import('node:fs');" })],
    'packages/core/src/a.ts:1: imports node:fs: core runs in any JavaScript engine',
  ],
  [
    'a built-in without its prefix',
    [pkg('packages/core', { 'a.ts': "import { readFileSync } from 'fs';" })],
    'imports fs: core runs in any',
  ],
  [
    'core importing a third-party package',
    [pkg('packages/core', { 'a.ts': "import 'pbf';" }, { dependencies: { pbf: '5' } })],
    'core has no dependencies',
  ],
  [
    'core importing a package above it',
    [
      pkg('packages/image', {}),
      pkg('packages/core', { 'a.ts': "import '@alexnet/image';" }, { dependencies: { '@alexnet/image': '*' } }),
    ],
    'dependencies go apps ->',
  ],
  [
    'a backend importing another backend, even its types',
    [
      onnx,
      pkg(
        'packages/backend-tfjs',
        { 'a.ts': "import type { X } from '@alexnet/backend-onnx';" },
        { dependencies: { '@alexnet/backend-onnx': '*' } },
      ),
    ],
    'packages/backend-tfjs/src/a.ts:1: imports @alexnet/backend-onnx: dependencies go',
  ],
  [
    'a package that is imported but not declared',
    [core, pkg('packages/image', { 'a.ts': "import '@alexnet/core/deep';" })],
    'packages/image/package.json does not declare @alexnet/core',
  ],
  [
    'shipped code that imports what only development installs',
    [pkg('packages/image', { 'a.ts': "import 'fast-check';" }, { devDependencies: { 'fast-check': '4' } })],
    'does not declare fast-check',
  ],
  [
    'a static import of Node in a package for browsers',
    [pkg('packages/checkpoints', { 'a.ts': "import { readFileSync } from 'node:fs';" })],
    '@alexnet/checkpoints runs in browsers',
  ],
  [
    'a relative import out of the package',
    [pkg('packages/image', { 'a.ts': "import '../../core/src/index.ts';" })],
    'must stay inside its package',
  ],
  [
    'files that import each other through a third',
    [
      pkg('packages/core', {
        'a.ts': "import './ops/b.ts';",
        'ops/b.ts': "export * from '../c.ts';",
        'c.ts': "import { type A } from './a.ts';",
      }),
    ],
    'packages/core/src/a.ts -> packages/core/src/ops/b.ts -> packages/core/src/c.ts -> packages/core/src/a.ts',
  ],
  [
    'packages that depend on each other, if only for tests',
    [
      pkg('packages/core', {}, { devDependencies: { '@alexnet/conformance': '*' } }),
      pkg('packages/conformance', {}, onCore),
    ],
    'packages depend on each other: @alexnet/core -> @alexnet/conformance -> @alexnet/core',
  ],
])('reports %s', (_what, packages, problem) => {
  const problems = checkRules(packages);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});
