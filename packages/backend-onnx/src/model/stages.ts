import { type Graph, inferShapes, type Node, opOf } from '@alexnet/core';

/**
 * Cuts a graph into what comes before the first linear layers and what follows, leaving out nodes that no output needs.
 * Each stage is a graph of its own; the second one's inputs are values of the first.
 *
 * The first stage has nearly all of the activations and few weights, so it runs fastest a few images at a time, in the processor's caches.
 * The second has nearly all of the weights, so it runs once for the whole batch. A graph that has only one of the two stays whole.
 */
export function stagesOf(graph: Graph): readonly Graph[] {
  const needed = neededNodes(graph);
  const late = new Set<string>();
  for (const { op, name, inputs } of needed) {
    if (op === 'linear' || inputs.some((input) => late.has(input))) late.add(name);
  }
  const early = needed.filter(({ name }) => !late.has(name));
  const whole = part(graph, needed, graph.inputs, graph.outputs);
  if (late.size === 0 || early.length === 0) return [whole];

  const last = needed.filter(({ name }) => late.has(name));
  const crossing = [...new Set(last.flatMap(({ inputs }) => inputs))].filter((name) => !late.has(name));
  const shapes = inferShapes(graph).values;
  const isInput = (name: string) => graph.inputs.some((input) => input.name === name);
  const earlyOutputs = new Set([
    ...crossing.filter((name) => !isInput(name)),
    ...graph.outputs.filter((name) => !late.has(name)),
  ]);
  return [
    part(graph, early, graph.inputs, [...earlyOutputs]),
    part(
      graph,
      last,
      crossing.map((name) => ({ name, shape: shapes.get(name)! })),
      graph.outputs.filter((name) => late.has(name)),
    ),
  ];
}

/** The nodes that the outputs depend on, in order. */
function neededNodes(graph: Graph): readonly Node[] {
  const wanted = new Set(graph.outputs);
  return graph.nodes
    .toReversed()
    .filter(({ name, inputs }) => {
      if (!wanted.has(name)) return false;
      for (const input of inputs) wanted.add(input);
      return true;
    })
    .reverse();
}

function part(graph: Graph, nodes: readonly Node[], inputs: Graph['inputs'], outputs: readonly string[]): Graph {
  const read = new Set(nodes.flatMap((node) => opOf(node).parameters(node)));
  return {
    name: graph.name,
    nodes,
    inputs,
    outputs,
    parameters: graph.parameters.filter(({ name }) => read.has(name)),
  };
}
