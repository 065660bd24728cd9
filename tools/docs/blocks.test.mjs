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
`;

it('finds the blocks that are marked, with their lines', () => {
  expect(blocksOf('README.md', text, 'sh')).toEqual([
    { file: 'README.md', line: 4, text: 'npm run one\nnpm run two\n' },
  ]);
  expect(blocksOf('README.md', text, 'ts')).toEqual([{ file: 'README.md', line: 13, text: 'export {};\n' }]);
});
