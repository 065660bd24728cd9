import type { Json, JsonObject } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { at, isObject, listOf, numberAt, stringAt } from '../json/parse-json.ts';

/** A node of TensorFlow's GraphDef, in Protocol Buffers' JSON: bytes are Base64, 64-bit integers text. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes that it reads. Without the number of the output, and without those that it only waits for. */
  readonly inputs: readonly string[];
  /** Which output of each. */
  readonly ports: readonly number[];
  readonly attributes: Json | undefined;
}

const MAX_NODES = 100_000;

/** The nodes of a graph by name, every node after those that it reads, else in the file's order. Errors: `invalid-file`. */
export function graphNodes(topology: JsonObject): ReadonlyMap<string, GraphNode> {
  const list = listOf(at(topology, 'node'));
  if (list.length > MAX_NODES) throw damaged(`There are more than ${MAX_NODES} nodes`, 'modelTopology');
  const nodes = new Map<string, GraphNode>();
  for (const value of list) {
    const [name, op] = [stringAt(value, 'name'), stringAt(value, 'op')];
    if (!isObject(value) || name === undefined || op === undefined) throw damaged('A node is none', 'modelTopology');
    if (nodes.has(name)) throw damaged('The node occurs twice', `node ${JSON.stringify(name.slice(0, 100))}`);
    const inputs = listOf(at(value, 'input')).flatMap((input) =>
      typeof input === 'string' && !input.startsWith('^') ? [parseInput(input)] : [],
    );
    nodes.set(name, {
      name,
      op,
      inputs: inputs.map(([input]) => input),
      ports: inputs.map(([, port]) => port),
      attributes: at(value, 'attr'),
    });
  }
  return inOrder(nodes);
}

/** `conv2/slices:1`: the second output of a node. */
function parseInput(input: string): readonly [name: string, port: number] {
  const colon = /:\d{1,9}$/.exec(input)?.index;
  return colon === undefined ? [input, 0] : [input.slice(0, colon), Number(input.slice(colon + 1))];
}

/** Nodes on a loop are left out: nothing that is read from here has one. */
function inOrder(nodes: ReadonlyMap<string, GraphNode>): ReadonlyMap<string, GraphNode> {
  const readers = new Map<string, GraphNode[]>();
  const waiting = new Map<string, number>();
  for (const node of nodes.values()) {
    const inputs = new Set(node.inputs.filter((input) => nodes.has(input)));
    waiting.set(node.name, inputs.size);
    for (const input of inputs) {
      const known = readers.get(input);
      if (known === undefined) readers.set(input, [node]);
      else known.push(node);
    }
  }
  const order = new Map<string, GraphNode>();
  const ready = [...nodes.values()].filter(({ name }) => waiting.get(name) === 0);
  for (const node of ready) {
    order.set(node.name, node);
    for (const reader of readers.get(node.name) ?? []) {
      const left = waiting.get(reader.name)! - 1;
      waiting.set(reader.name, left);
      if (left === 0) ready.push(reader);
    }
  }
  return order;
}

/** An attribute that is a truth value. */
export function flag({ attributes }: GraphNode, name: string): boolean {
  return at(attributes, name, 'b') === true;
}

export function float({ attributes }: GraphNode, name: string): number | undefined {
  return numberAt(attributes, name, 'f');
}

/** An attribute that is a whole number, which is text here. */
export function integer({ attributes }: GraphNode, name: string): number | undefined {
  return wholeNumber(at(attributes, name, 'i'));
}

export function integers({ attributes }: GraphNode, name: string): readonly number[] {
  return listOf(at(attributes, name, 'list', 'i')).flatMap((value) => wholeNumber(value) ?? []);
}

/** An attribute that is an ASCII text. */
export function text({ attributes }: GraphNode, name: string): string {
  return decode(at(attributes, name, 's'));
}

export function texts({ attributes }: GraphNode, name: string): readonly string[] {
  return listOf(at(attributes, name, 'list', 's')).map(decode);
}

function wholeNumber(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function decode(value: Json | undefined): string {
  try {
    return typeof value === 'string' ? atob(value) : '';
  } catch {
    return ''; // it is not Base64
  }
}
