/** Whether a pattern means an id: it is the id, or ends with `*`, which stands for any rest. */
export function matches(pattern: string, id: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}
