import type { ErrorCode, Graph, NodeOf, OpName, Shape, Tensor, Weights } from '@alexnet/core';
import { uniform } from '../data/uniform.ts';
import { casesOf, type OpCase } from './case.ts';

/** What a backend must reject, and with which code: when it compiles or, with `input`, when it runs. */
export interface ErrorSample {
  readonly id: string;
  readonly op: OpName;
  readonly code: ErrorCode;
  /** What is done wrong, the subject of a sentence: "A stride of 0". */
  readonly what: string;
  readonly why: string;
  readonly graph: Graph;
  readonly weights: Weights;
  /** Given to a program that compiles. */
  readonly input?: Tensor;
  /** What the mistake was made in, which must work before and after. */
  readonly valid: OpCase;
}

/** A node that is right, of which each row gets one thing wrong. */
export interface ValidNode<K extends OpName> {
  /** Batch first. */
  readonly input: Shape;
  readonly attributes: Omit<NodeOf<K>, 'op' | 'name' | 'inputs'>;
  /** By name. */
  readonly parameters?: Readonly<Record<string, Shape>>;
}

export interface ErrorRow<K extends OpName> {
  readonly slug: string;
  readonly what: string;
  readonly why: string;
  /** Attributes that differ; any value, as a file may have any. */
  readonly node?: { readonly [F in keyof NodeOf<K>]?: unknown };
  /** Declared shapes that differ: of parameters, or of the input `x` (without batch). Default code: `invalid-graph`. */
  readonly declared?: Readonly<Record<string, Shape>>;
  /** Weights that are given in another shape than is declared, or not at all. Code: `invalid-weights`. */
  readonly given?: Readonly<Record<string, Shape | undefined>>;
  /** The shape of the input of a run. Code: `invalid-input`. */
  readonly run?: Shape;
}

/** The error samples of an op. */
export function errorsOf<K extends OpName>(op: K, valid: ValidNode<K>, rows: readonly ErrorRow<K>[]): ErrorSample[] {
  const { input, attributes, parameters = {} } = valid;
  const roles = Object.entries(parameters).map(([name, shape]) => ({
    name,
    shape,
    role: name === 'variance' ? ('variance' as const) : ('weight' as const),
  }));
  const [validCase] = casesOf(
    op,
    { slug: 'valid', why: 'what errors are made in', input, data: ['random'] },
    attributes,
    roles,
  );
  const { graph } = validCase!;
  return rows.map(({ slug, what, why, node = {}, declared = {}, given = {}, run }): ErrorSample => {
    const { x = input.slice(1), ...others } = declared;
    const shapes: Readonly<Record<string, Shape>> = { ...parameters, ...others };
    const weights = Object.entries({ ...shapes, ...given }).flatMap(([name, shape]) =>
      shape === undefined ? [] : [[name, filled(shape)] as const],
    );
    return {
      id: `op/${op}/errors/${slug}`,
      op,
      code: run !== undefined ? 'invalid-input' : Object.keys(given).length > 0 ? 'invalid-weights' : 'invalid-graph',
      what,
      why,
      graph: {
        ...graph,
        inputs: [{ name: 'x', shape: x }],
        parameters: Object.entries(shapes).map(([name, shape]) => ({ name, shape })),
        nodes: [{ ...graph.nodes[0]!, ...node } as Graph['nodes'][number]],
      },
      weights: new Map(weights),
      ...(run === undefined ? {} : { input: filled(run) }),
      valid: validCase!,
    };
  });
}

/** Positive, as a variance must be. */
function filled(shape: Shape): Tensor {
  return { shape, data: uniform(shape, 'error', 0.5, 1.5) };
}
