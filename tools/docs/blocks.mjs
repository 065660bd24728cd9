import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Block A fenced block of a document that must work: its fence says ```sh check or ```ts check.
 * @property {string} file relative to the root
 * @property {number} line of its first line, from 1
 * @property {string} text
 */

/**
 * @param {string} root
 * @param {'sh' | 'ts'} language
 * @returns {Block[]}
 */
export function readBlocks(root, language) {
  return documents(root).flatMap((file) => blocksOf(file, readFileSync(join(root, file), 'utf8'), language));
}

/**
 * @param {string} file
 * @param {string} text
 * @param {'sh' | 'ts'} language
 * @returns {Block[]}
 */
export function blocksOf(file, text, language) {
  const fence = new RegExp(`^\`\`\`${language} check\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(fence)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length + 1,
    text: match[1] ?? '',
  }));
}

/** @param {string} root */
function documents(root) {
  const docs = existsSync(join(root, 'docs'))
    ? readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(
        (name) => `docs/${name.replaceAll('\\', '/')}`,
      )
    : [];
  const readmes = ['apps', 'examples', 'packages'].flatMap((group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => `${group}/${name}/README.md`) : [],
  );
  return ['README.md', ...readmes, ...docs].filter((file) => file.endsWith('.md') && existsSync(join(root, file)));
}
