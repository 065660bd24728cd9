import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Block A fenced block of a document that must work: its fence says ```sh check or ```ts check, or ```ts types where it need only compile.
 * @property {string} file relative to the root
 * @property {number} line of its first line, from 1
 * @property {string} text
 */

/**
 * @param {string} root
 * @param {'sh check' | 'ts check' | 'ts types'} fence
 * @returns {Block[]}
 */
export function readBlocks(root, fence) {
  return documents(root).flatMap((file) => blocksOf(file, readFileSync(join(root, file), 'utf8'), fence));
}

/**
 * @param {string} file
 * @param {string} text
 * @param {'sh check' | 'ts check' | 'ts types'} fence
 * @returns {Block[]}
 */
export function blocksOf(file, text, fence) {
  const block = new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(block)].map((match) => ({
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
