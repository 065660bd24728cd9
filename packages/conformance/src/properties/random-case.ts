import { AlexNetError, inferShapes, type NodeOf, type OpName, type Precision, type Shape } from '@alexnet/core';
import type { DataSetName, Role } from '../data/data.ts';
import { casesOf, type OpCase } from '../ops/case.ts';

type Attributes<K extends OpName> = Omit<NodeOf<K>, 'op' | 'name' | 'inputs' | 'weight' | 'bias' | Parameter>;
type Parameter = 'scale' | 'mean' | 'variance';

/** What of a node is drawn at random: its numbers. LRN's `bias` is a number, too. */
type Numbers<K extends OpName> = K extends 'lrn' ? Omit<NodeOf<'lrn'>, 'op' | 'name' | 'inputs'> : Attributes<K>;

/** One op with random shapes and attributes, as plain data: what a failing check prints, and `replay` takes. */
export type RandomCase = { [K in OpName]: RandomCaseOf<K> }[OpName];

export interface RandomCaseOf<K extends OpName> {
  readonly op: K;
  /** Batch first. */
  readonly input: Shape;
  readonly attributes: Numbers<K>;
  /** Of convolution (OIHW) and linear layers ([out, in]). */
  readonly weight?: Shape;
  /** Whether there is a bias; convolution and linear layers. */
  readonly bias?: boolean;
  /** A ReLU follows, which backends run in the same kernel. */
  readonly relu?: boolean;
  readonly data: DataSetName;
  readonly precision?: Precision;
}

/** The op case of a random case. Deterministic: the tensors depend on nothing else. */
export function opCaseOf(random: RandomCase): OpCase {
  const { op, input, attributes, data, relu = false, precision = 'f32' } = random;
  const parameters = parametersOf(random);
  const names = Object.fromEntries(parameters.map(({ key, name }) => [key, name]));
  const slug = `random-${[input, ...parameters.map(({ shape }) => shape)].map((shape) => shape.join('x')).join('-')}`;
  const row = { slug, why: 'random shapes and attributes', input, data: [data], ...(relu ? { relu } : {}) };
  const [made] = casesOf(op, row, { ...attributes, ...names } as never, parameters, precision);
  return made!;
}

/**
 * The op case of a random case that a check printed: `judgeCase(replay(json), backend, signal)` runs it again.
 * Errors: `invalid-input` for text that is no such case.
 */
export function replay(json: string): OpCase {
  try {
    const opCase = opCaseOf(JSON.parse(json) as RandomCase);
    inferShapes(opCase.graph);
    return opCase;
  } catch (cause) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: 'This is no random case',
      fix: 'Give the JSON as the reason of a failed check of property/fuzz shows it.',
      cause,
    });
  }
}

interface Declared {
  /** The field of the node that names the parameter. */
  readonly key: string;
  readonly name: string;
  readonly shape: Shape;
  readonly role: Role;
}

function parametersOf({ op, input, weight, bias = false }: RandomCase): Declared[] {
  if (op === 'batchNorm') {
    const roles = ['scale', 'bias', 'mean', 'variance'] as const;
    return roles.map((role) => ({ key: role, name: role, shape: [input[1]!], role }));
  }
  if (weight === undefined) return [];
  return [
    { key: 'weight', name: 'w', shape: weight, role: 'weight' },
    ...(bias ? [{ key: 'bias', name: 'b', shape: weight.slice(0, 1), role: 'bias' } as const] : []),
  ];
}
