import { type Named, type Shape, sameShape, showShape } from '@alexnet/core';
import type { Constant } from './constant.ts';
import type { NameBook } from './names.ts';
import { refuse } from './refusal.ts';
import type { SignatureInput } from './signature.ts';

/** A value that depends on the model's input: what nodes of ours read and make. */
export interface Flow {
  /** In our graph. */
  readonly name: string;
  /** Without batch. */
  readonly shape: Shape;
}

/** A parameter of our graph that is still to be filled. */
export interface Parameter extends Named {
  values(): Promise<Float32Array>;
}

/** All that is known of the values of a model while its nodes are read one after the other. */
export interface Scope {
  readonly opset: number;
  /** The batch size, where the model fixes it. */
  readonly batch: number | undefined;
  /** The inputs of the model that are no weights, by their names there. */
  readonly inputs: ReadonlyMap<string, Flow>;
  /** By their names in our graph. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The value that an operator computes with, a graph input if it is one of the model's. Refuses constants and what is not known. */
  flow(value: string | undefined): Flow;
  /** A constant, of the file or given for an input. Refuses what is computed, and an input that is not given. */
  constant(value: string | undefined): Constant;
  /** Makes a constant the parameter of an op: of float32, in the given shape; `change` rearranges a copy of its values. */
  parameter(value: string, form?: Form): Parameter;
  setFlow(value: string, flow: Flow): void;
  setConstant(value: string, constant: Constant): void;
}

/** How a parameter differs from the constant that it is made of. */
export interface Form {
  /** Tells the forms of one constant apart. */
  readonly key: string;
  readonly shape: Shape;
  change(values: Float32Array, from: Shape): Float32Array;
}

interface ScopeOptions {
  readonly opset: number;
  readonly inputs: readonly SignatureInput[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly given: ReadonlyMap<string, Constant>;
  readonly names: NameBook;
}

/** Nothing new: the operator before was refused already. */
export const FOLLOWS = 'an operator reads what another that is not ours computes';

/** TensorProto.DataType of float32. */
const FLOAT = 1;

export function createScope({ opset, inputs: declared, constants: stored, given, names }: ScopeOptions): Scope {
  const constants = new Map(stored);
  const flows = new Map<string, Flow>();
  const inputs = new Map<string, Flow>();
  const parameters = new Map<string, Parameter>();
  const forms = new Map<string, Parameter>();
  const byName = new Map(declared.map((input) => [input.name, input]));
  let batch: number | undefined;

  const asInput = (input: SignatureInput): Flow => {
    const shape = given.get(input.name)?.shape ?? input.shape;
    if (input.type !== FLOAT) refuse('values are not float32');
    if (shape === undefined || shape.length < 2) refuse('a value has no batch dimension beside others');
    const [n, ...rest] = shape;
    if (!rest.every(isExtent)) refuse('the model leaves an extent other than the batch open');
    batch ??= n;
    const flow = { name: names.of(input.name), shape: rest };
    inputs.set(input.name, flow);
    flows.set(input.name, flow);
    return flow;
  };

  return {
    opset,
    get batch() {
      return batch;
    },
    inputs,
    parameters,
    flow(value = '') {
      const known = flows.get(value);
      if (known !== undefined) return known;
      if (constants.has(value)) refuse('an operator computes with constants alone');
      const input = byName.get(value);
      return input === undefined ? refuse(FOLLOWS) : asInput(input);
    },
    constant(value = '') {
      const found = constants.get(value) ?? (flows.has(value) ? undefined : given.get(value));
      return found ?? refuse('a weight or shape is computed, or not given');
    },
    parameter(value, form) {
      const source = this.constant(value);
      if (source.dtype !== 'F32') refuse('weights are not float32');
      const key = JSON.stringify([value, form?.key ?? '']);
      const shape = form?.shape ?? source.shape;
      const known = forms.get(key);
      if (known !== undefined) {
        if (!sameShape(known.shape, shape))
          refuse(`a weight is used as ${showShape(shape)} and as ${showShape(known.shape)}`);
        return known;
      }
      const parameter: Parameter = {
        name: names.fresh(value),
        shape,
        async values() {
          const values = await source.floats();
          return form === undefined ? values : form.change(values, source.shape);
        },
      };
      forms.set(key, parameter);
      parameters.set(parameter.name, parameter);
      return parameter;
    },
    setFlow: (value, flow) => void flows.set(value, flow),
    setConstant: (value, constant) => void constants.set(value, constant),
  };
}

function isExtent(extent: number | undefined): extent is number {
  return extent !== undefined && Number.isSafeInteger(extent) && extent > 0;
}
