import type { Graph, Named, Node, NodeOf, OpName, Pads, Precision, Shape, Tensor, Weights } from '@alexnet/core';
import { showShape } from '@alexnet/core';
import { type DataSet, type DataSetName, dataSets, type Role } from '../data/data.ts';
import { storedAs, suffixOf } from '../numerics/precision.ts';

/** One op case: a graph of one node `y` that reads `x`, perhaps with a ReLU after it, and the data to run it on. */
export interface OpCase {
  readonly id: string;
  readonly op: OpName;
  readonly name: string;
  readonly why: string;
  readonly graph: Graph;
  /** With which it is compiled. */
  readonly precision: Precision;
  readonly data: DataSet;
  /** Samples of its input. */
  readonly batch: number;
  /** Builds the tensors: cheap until then. */
  tensors(): { readonly input: Tensor; readonly weights: Weights };
}

/** A row of a shape table. */
export interface Row {
  /** The row's part of the check's id. */
  readonly slug: string;
  /** Why the row is there. */
  readonly why: string;
  /** Batch first. */
  readonly input: Shape;
  readonly data: readonly DataSetName[];
  /** A ReLU follows, which backends run in the same kernel. */
  readonly relu?: true;
}

type Attributes<K extends OpName> = Omit<NodeOf<K>, 'op' | 'name' | 'inputs'>;

/** The cases of one row: one per data set. `attributes` describes the node in the name of the check. */
export function casesOf<K extends OpName>(
  op: K,
  { slug, why, input, data, relu }: Row,
  attributes: Attributes<K>,
  parameters: readonly (Named & { readonly role: Role })[] = [],
  precision: Precision = 'f32',
): OpCase[] {
  const node = { op, name: 'y', inputs: ['x'], ...attributes } as unknown as Node;
  const graph: Graph = {
    name: `${op}-${slug}`,
    inputs: [{ name: 'x', shape: input.slice(1) }],
    parameters: parameters.map(({ name, shape }) => ({ name, shape })),
    nodes: relu ? [node, { op: 'relu', name: 'relu', inputs: ['y'] }] : [node],
    outputs: [relu ? 'relu' : 'y'],
  };
  return data.map((dataName) => {
    const set: DataSet = dataSets[dataName];
    const salt = `${op}/${slug}`;
    return {
      id: `op/${op}/${slug}/${dataName}${suffixOf(precision)}`,
      op,
      name: `${op}${storedAs(precision)} agrees with the oracle: ${slug.replaceAll('-', ' ')}, ${showShape(input)}, ${set.title}`,
      why: dataName === 'random' ? why : `${why}; ${set.why}`,
      graph,
      precision,
      data: set,
      batch: input[0]!,
      tensors: () => ({
        input: { shape: input, data: set.fill('input', input, salt) },
        weights: new Map(
          parameters.map(({ name, shape, role }) => [name, { shape, data: set.fill(role, shape, `${salt}/${role}`) }]),
        ),
      }),
    };
  });
}

export const noPads: Pads = { top: 0, left: 0, bottom: 0, right: 0 };

/** The four tables of one padded side, which no symmetric case can tell apart. */
export const sides = ['top', 'left', 'bottom', 'right'] as const;
