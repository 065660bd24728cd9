import { AlexNetError } from '../error.ts';
import { opOf } from '../ops/index.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import type { Graph, Node } from './graph.ts';

/** Shapes of every value (without batch) and every parameter of a graph. */
export interface Shapes {
  readonly values: ReadonlyMap<string, Shape>;
  readonly parameters: ReadonlyMap<string, Shape>;
}

/**
 * Checks a graph and infers the shape of every value, without the batch dimension.
 * Errors: `invalid-graph`, with the node's name and what is wrong with it.
 */
export function inferShapes(graph: Graph): Shapes {
  const parameters = declare(graph, 'parameter', graph.parameters);
  const values = declare(graph, 'input', graph.inputs);
  for (const node of graph.nodes) {
    if (values.has(node.name)) fail(node, `The value ${node.name} is defined twice`);
    if (parameters.has(node.name)) fail(node, `The value ${node.name} has the name of a parameter`);
    checkName(node.name, `node ${node.name}`);
    values.set(node.name, shapeOfNode(node, values, parameters));
  }
  if (graph.outputs.length === 0) throw invalid(`The graph ${graph.name} has no outputs`, 'outputs');
  if (new Set(graph.outputs).size !== graph.outputs.length) {
    throw invalid(`The graph ${graph.name} names an output twice: ${graph.outputs.join(', ')}`, 'outputs');
  }
  for (const name of graph.outputs) {
    if (!values.has(name)) throw invalid(`The output ${name} is not a value of the graph`, `output ${name}`);
  }
  return { values, parameters };
}

function shapeOfNode(node: Node, values: Map<string, Shape>, parameters: Map<string, Shape>): Shape {
  const op = opOf(node);
  if (!Array.isArray(node.inputs)) fail(node, `The inputs of ${node.name} are not a list of names`);
  const inputs = node.inputs.map(
    (name) => values.get(name) ?? fail(node, `The input ${name} is not defined before node ${node.name}`),
  );
  for (const name of op.parameters(node)) {
    if (!parameters.has(name)) fail(node, `The parameter ${name} is not declared in graph.parameters`);
  }
  const shape = inferOp(node, inputs, parameters);
  if (!shape.every((extent) => Number.isInteger(extent) && extent > 0)) {
    fail(
      node,
      `The output shape ${shape.join('x')} is empty: the input ${inputs.map((s) => s.join('x'))} is too small`,
    );
  }
  if (!Number.isSafeInteger(sizeOf(shape))) fail(node, `The output shape ${shape.join('x')} is too large to count`);
  return shape;
}

/** An attribute that is missing or of the wrong type (a graph may come from JSON) must not surface as a TypeError. */
function inferOp(node: Node, inputs: readonly Shape[], parameters: Map<string, Shape>): Shape {
  try {
    return opOf(node).infer(node, inputs, parameters, (message) => fail(node, message));
  } catch (cause) {
    if (cause instanceof AlexNetError) throw cause;
    throw new AlexNetError({
      code: 'invalid-graph',
      message: `An attribute of ${node.name} is missing or of the wrong type`,
      where: place(node),
      cause,
    });
  }
}

function declare(graph: Graph, kind: string, named: Graph['inputs']): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const { name, shape } of named) {
    checkName(name, `${kind} ${name}`);
    if (shapes.has(name))
      throw invalid(`The ${kind} ${name} is declared twice in graph ${graph.name}`, `${kind} ${name}`);
    if (!shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) {
      throw invalid(
        `The ${kind} ${name} has a shape with an extent that is no positive integer: [${shape}]`,
        `${kind} ${name}`,
      );
    }
    shapes.set(name, shape);
  }
  return shapes;
}

/** Names become object keys, file names and shader identifiers: letters, digits, `_ . - /`, not starting with `_`. */
function checkName(name: string, where: string): void {
  if (!/^[A-Za-z0-9][\w./-]*$/.test(name)) {
    throw invalid(`The name ${JSON.stringify(name)} is not allowed`, where, 'Use letters, digits and _ . - / only.');
  }
}

function fail(node: Node, message: string): never {
  throw invalid(message, place(node));
}

function place(node: Node): string {
  return `node ${node.name}, op ${node.op}`;
}

function invalid(message: string, where: string, fix?: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-graph', message, where, ...(fix === undefined ? {} : { fix }) });
}
