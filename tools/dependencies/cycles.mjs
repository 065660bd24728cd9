/**
 * The cycles of a directed graph: its strongly connected components of more than one node, and self-loops
 * (Tarjan 1972). Each is returned as one walk that starts and ends at the same node.
 *
 * @param {ReadonlyMap<string, ReadonlySet<string>>} edges
 * @returns {string[][]}
 */
export function findCycles(edges) {
  /** @type {Map<string, { index: number, low: number, open: boolean }>} */
  const seen = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const cycles = [];

  /** @param {string} node */
  const visit = (node) => {
    const mark = { index: seen.size, low: seen.size, open: true };
    seen.set(node, mark);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      const other = seen.get(next) ?? visit(next);
      if (other.open) mark.low = Math.min(mark.low, other.low);
    }
    if (mark.low === mark.index) {
      const component = new Set(stack.splice(stack.indexOf(node)));
      for (const member of component) /** @type {{ open: boolean }} */ (seen.get(member)).open = false;
      if (component.size > 1 || edges.get(node)?.has(node)) cycles.push(walk(node, component));
    }
    return mark;
  };

  /**
   * The shortest way from a node back to itself inside its component.
   * @param {string} start
   * @param {ReadonlySet<string>} component
   */
  const walk = (start, component) => {
    /** @type {string[][]} */
    const paths = [[start]];
    const reached = new Set();
    for (const path of paths) {
      for (const next of edges.get(path.at(-1) ?? '') ?? []) {
        if (next === start) return [...path, start];
        if (!component.has(next) || reached.has(next)) continue;
        reached.add(next);
        paths.push([...path, next]);
      }
    }
    return [start];
  };

  for (const node of edges.keys()) if (!seen.has(node)) visit(node);
  return cycles;
}
