import { expect, it } from 'vitest';
import { blocksOf } from './blocks.mjs';

const text = `# Title

\`\`\`sh check
npm run one
npm run two
\`\`\`

\`\`\`sh
not run
\`\`\`

\`\`\`ts check
export {};
\`\`\`

\`\`\`ts types
declare const large: number;
\`\`\`
`;

it('finds the blocks that are marked, with their lines', () => {
  expect(blocksOf('README.md', text, 'sh check')).toEqual([
    { file: 'README.md', line: 4, text: 'npm run one\nnpm run two\n' },
  ]);
  expect(blocksOf('README.md', text, 'ts check')).toEqual([{ file: 'README.md', line: 13, text: 'export {};\n' }]);
  expect(blocksOf('README.md', text, 'ts types')).toEqual([
    { file: 'README.md', line: 17, text: 'declare const large: number;\n' },
  ]);
});
