import { expect, it } from 'vitest';
import { withMarked } from './marked.mjs';

const marked = '# Title\n\n<!-- table:begin -->\nold\n<!-- table:end -->\n\nThe end.\n';
const wanted = '# Title\n\n<!-- table:begin -->\n\nnew $& text\n\n<!-- table:end -->\n\nThe end.\n';

it('replaces what is between the marks and nothing else', () => {
  expect(withMarked(marked, 'table', 'new $& text')).toBe(wanted);
});

it('changes nothing the second time', () => {
  expect(withMarked(wanted, 'table', 'new $& text')).toBe(wanted);
});

it.each([
  ['no marks', 'text'],
  ['only the first', '<!-- table:begin -->'],
  ['only the last', '<!-- table:end -->'],
  ['the last before the first', '<!-- table:end --><!-- table:begin -->'],
  ['marks of another name', '<!-- tables:begin --><!-- tables:end -->'],
])('refuses a document with %s', (_what, document) => {
  expect(() => withMarked(document, 'table', 'new')).toThrow('lacks <!-- table:begin -->');
});
