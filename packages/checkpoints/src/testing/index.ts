/* For tests of other packages; not published. */
export { goldenFile } from './golden-file.ts';
