import { expect, it } from 'vitest';
import { importsOf } from './imports.mjs';
import { markHelpers } from './sources.mjs';

/** @param {Record<string, string>} files */
const shipped = (files) =>
  markHelpers(
    Object.entries(files).map(([file, text]) => ({
      file,
      test: /\.test\./.test(file),
      imports: importsOf(file, text),
    })),
  )
    .filter(({ test }) => !test)
    .map(({ file }) => file);

it('takes what only tests import, also through a helper, for test code', () => {
  const files = {
    'src/index.ts': "export * from './a.ts';",
    'src/a.ts': '',
    'src/a.test.ts': "import './a.ts'; import './testing/helper.ts';",
    'src/testing/helper.ts': "import '../data.ts'; import '../a.ts';",
    'src/data.ts': '',
    'src/worker.ts': '', // loaded by its address, so nobody imports it
  };
  expect(shipped(files)).toEqual(['src/index.ts', 'src/a.ts', 'src/worker.ts']);
});
