import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../bootstrap/workspace.mjs';
import { readBlocks } from '../docs/blocks.mjs';

/** @type {ts.CompilerOptions} */
const options = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  typeRoots: [join(root, 'node_modules/@types')],
  types: ['node'],
};

/**
 * Writes the documentation's examples, and an import of each entry of each library, into a consumer's folder and compiles them.
 * @param {string} consumer
 * @param {readonly import('./pack.mjs').Packed[]} packages
 * @returns {{ scripts: { place: string, file: string }[], problems: string[] }} scripts: ready to run
 */
export function compileExamples(consumer, packages) {
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }\n');
  const sources = [
    ...readBlocks(root, 'ts check').map((block) => ({ place: placeOf(block), text: block.text, runs: true })),
    ...readBlocks(root, 'ts types').map((block) => ({ place: placeOf(block), text: block.text, runs: false })),
    ...packages.flatMap(({ name, manifest }) =>
      Object.keys(manifest.exports ?? {})
        .map((entry) => `${name}${entry.slice(1)}`)
        .map((entry) => ({ place: `import of ${entry}`, text: importAll(entry), runs: true })),
    ),
  ];
  const scripts = sources.map(({ place, text, runs }, index) => {
    const file = join(consumer, `example-${index + 1}.ts`);
    writeFileSync(file, text);
    return { place, file, runs };
  });
  const program = ts.createProgram(
    scripts.map(({ file }) => file),
    options,
  );
  const places = new Map(scripts.map(({ place, file }) => [file, place]));
  program.emit();
  return {
    scripts: scripts
      .filter(({ runs }) => runs)
      .map(({ place, file }) => ({ place, file: file.replace(/\.ts$/, '.js') })),
    problems: ts.getPreEmitDiagnostics(program).map((diagnostic) => {
      const place = places.get(diagnostic.file?.fileName ?? '') ?? diagnostic.file?.fileName;
      return `${place}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
    }),
  };
}

/** @param {import('../docs/blocks.mjs').Block} block */
function placeOf({ file, line }) {
  return `${file}:${line}`;
}

/** @param {string} name */
function importAll(name) {
  return `import * as library from '${name}';
if (Object.keys(library).length === 0) throw new Error('${name} exports nothing');
`;
}
