import { type Graph, inferShapes, type Node, opOf } from '@alexnet/core';

/** The graph input from which a teacher-forced node reads a value of the graph. */
export function givenName(graph: Graph, value: string): string {
  return graph.inputs.some(({ name }) => name === value) ? value : `${value}.given`;
}

/**
 * Cuts a graph between all nodes: each reads the values of others from inputs of the graph, `<value>.given`, and every value is an output.
 * So each layer is judged on the right input, and a wrong one cannot hide in, or be blamed on, its neighbours.
 * One program runs them all, with one copy of the weights; of `nodes`, only those. Errors: `invalid-graph`.
 */
export function teacherForced(graph: Graph, nodes: readonly Node[] = graph.nodes): Graph {
  const { values } = inferShapes(graph);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const needed = new Set(nodes.flatMap((node) => opOf(node).parameters(node)));
  return {
    name: `${graph.name}-teacher-forced`,
    inputs: [...read].map((value) => ({ name: givenName(graph, value), shape: values.get(value)! })),
    parameters: graph.parameters.filter(({ name }) => needed.has(name)),
    nodes: nodes.map(
      (node) => ({ ...node, inputs: node.inputs.map((value) => givenName(graph, value)) }) as unknown as Node,
    ),
    outputs: nodes.map(({ name }) => name),
  };
}
