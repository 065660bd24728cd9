import ts from 'typescript';

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {'static' | 'dynamic' | 'type'} kind type: gone at run time
 * @property {number} line from 1
 */

/**
 * Every import of a module, also re-exports, `import()` calls and import types.
 * `import { type A }` counts as static: with `verbatimModuleSyntax` it still loads the module.
 *
 * @param {string} fileName decides between TypeScript and JavaScript
 * @param {string} text
 * @returns {Import[]}
 */
export function importsOf(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  /** @type {Import[]} */
  const found = [];

  /**
   * @param {ts.Node | undefined} specifier
   * @param {Import['kind']} kind
   */
  const add = (specifier, kind) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { line } = source.getLineAndCharacterOfPosition(specifier.getStart(source));
    found.push({ specifier: specifier.text, kind, line: line + 1 });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      add(node.moduleSpecifier, typeOnly ? 'type' : 'static');
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static');
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, 'type');
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
