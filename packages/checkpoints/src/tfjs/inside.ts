/** Whether a path stays below the folder that it is relative to: no `..`, drive letters, addresses, backslashes or control characters. */
export function isInside(path: string): boolean {
  const illegal = /[\\:?#%]|\p{Cc}/u.test(path);
  return !illegal && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
