/**
 * A package as it was built.
 * @param {string} name folder in `packages`
 * @param {string} entry
 * @returns {Promise<any>}
 */
export const load = (name, entry = 'index') =>
  import(new URL(`../../packages/${name}/dist/${entry}.js`, import.meta.url).href);
