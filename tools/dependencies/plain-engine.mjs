import { join, relative } from 'node:path';
import ts from 'typescript';

/*
 * Core runs in any JavaScript engine. The type checker is what knows which names those have: shipped code is checked
 * once more with the language's own library alone, in which `document`, `process` or `TextDecoder` do not exist.
 */

/** What core may ask of its host: the signals that callers hand in, and a turn of the event loop, now or later. */
const hostNames = `
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}
declare function setTimeout(callback: (value: void) => void): unknown;
declare function clearTimeout(timer: unknown): void;`;

const nameNotFound = new Set([2304, 2318, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593]);

/**
 * Names that a package's shipped code uses and the language does not define.
 * @param {string} root
 * @param {string} entry the module that exports everything, relative to the root
 * @returns {string[]} problems, one line each
 */
export function checkPlainEngine(root, entry) {
  const ambient = join(root, '__host.d.ts');
  /** @type {ts.CompilerOptions} */
  const options = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    noEmit: true,
    strict: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => file === ambient || fileExists.call(host, file);
  host.getSourceFile = (file, ...rest) =>
    file === ambient
      ? ts.createSourceFile(file, hostNames, ts.ScriptTarget.ES2022)
      : getSourceFile.call(host, file, ...rest);

  const program = ts.createProgram([ambient, join(root, entry)], options, host);
  return program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile)
    .flatMap((file) => [
      ...program
        .getSemanticDiagnostics(file)
        .filter((d) => nameNotFound.has(d.code))
        .map(place),
      ...viaGlobal(file),
    ])
    .map(
      ({ file, line, name }) =>
        `${relative(root, file).replaceAll('\\', '/')}:${line}: uses ${name}: no part of the language`,
    );
}

/** @param {ts.Diagnostic} diagnostic */
function place({ file, start = 0, length = 0 }) {
  const source = /** @type {ts.SourceFile} */ (file);
  return { ...lineOf(source, start), name: source.text.slice(start, start + length) };
}

/**
 * `globalThis.process` and the like, which no type checker minds after a cast.
 * @param {ts.SourceFile} source
 */
function viaGlobal(source) {
  /** @type {{ file: string, line: number, name: string }[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isIdentifier(node) && node.text === 'globalThis') {
      found.push({ ...lineOf(source, node.getStart(source)), name: 'globalThis' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param {ts.SourceFile} source
 * @param {number} position
 */
function lineOf(source, position) {
  return { file: source.fileName, line: source.getLineAndCharacterOfPosition(position).line + 1 };
}
