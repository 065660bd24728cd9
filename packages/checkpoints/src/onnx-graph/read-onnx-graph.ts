import {
  AlexNetError,
  type Graph,
  memorySource,
  type ReadOptions,
  sizeOf,
  type Tensor,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import type { OpenContext } from '../checkpoint-file.ts';
import { externalFiles } from '../onnx/external-files.ts';
import { readModel } from '../onnx/read-model.ts';
import type { OnnxTensor } from '../onnx/tensor-fields.ts';
import { wireFile } from '../wire.ts';
import { type Constant, givenConstant, storedConstant } from './constant.ts';
import { createNameBook } from './names.ts';
import { type NotOurs, nodeReader, refusalOf } from './node-reader.ts';
import type { OnnxValue } from './read-onnx-value.ts';
import { refuse } from './refusal.ts';
import { createScope, FOLLOWS, type Parameter } from './scope.ts';
import { readSignature } from './signature.ts';

/** A model as a graph of ours, or why it is none. */
export type OnnxGraph =
  | {
      readonly applies: true;
      readonly graph: Graph;
      readonly weights: Weights;
      /** For each of the graph's inputs, its place among those of the model that have no initializer, as in `given`. */
      readonly places: readonly number[];
      /** The graph's outputs by their names in the model. */
      readonly outputs: ReadonlyMap<string, string>;
    }
  | { readonly applies: false; readonly reasons: readonly NotOurs[] };

export interface ReadOnnxGraphOptions extends Pick<OpenContext, 'sibling'>, ReadOptions {
  /** Values for the inputs of the model that have no initializer, in its order: those that it uses as weights become parameters. */
  readonly given?: readonly OnnxValue[];
}

/** Twice the parameters of AlexNet: what a small file may ask for, by ConstantOfShape. */
const MAX_PARAMETERS = 2 ** 27;

/**
 * Reads a whole ONNX model as a graph of ours: 2-D convolution, linear layers, LRN, pooling, batch norm and so on, at inference.
 * Constants are weights wherever they come from. Errors: `invalid-file`; `invalid-input` for a file of external data that is
 * missing; `unsupported` for a model of more parameters than two AlexNets have; `aborted`.
 */
export async function readOnnxGraph(bytes: Uint8Array, options: ReadOnnxGraphOptions = {}): Promise<OnnxGraph> {
  const file = wireFile(memorySource(bytes, 'model'), options);
  const model = await readModel(file);
  const { opset, inputs } = await readSignature(file);
  const locate = externalFiles(options);
  const constants = new Map<string, Constant>();
  for (const [name, tensor] of model.tensors) constants.set(name, await storedConstant(tensor, file, locate, options));
  const open = inputs.filter(({ name }) => !constants.has(name));
  const values = options.given?.slice(0, open.length) ?? [];
  const given = new Map(values.map((value, i) => [open[i]!.name, givenConstant(value)]));
  const names = createNameBook();
  const scope = createScope({ opset, inputs, constants, given, names });

  const scalarOf = async (tensor: OnnxTensor) => {
    if (sizeOf(tensor.shape) !== 1) refuse('ConstantOfShape of more than one value');
    return (await (await storedConstant(tensor, file, locate, options)).floats())[0]!;
  };
  const reader = nodeReader(model, scope, (value) => names.of(value), scalarOf);
  for (const node of model.nodes) await reader.read(node);
  const { nodes, reasons } = reader;
  const outputs = new Map<string, string>();
  if (reasons.length === 0) {
    const refused = await refusalOf(() => {
      for (const value of model.outputs) outputs.set(value, scope.flow(value).name);
      if (nodes.length === 0) refuse('the model computes nothing');
    });
    if (refused !== undefined) reasons.push({ node: '', op: '', reason: refused });
  }
  if (reasons.length > 0) return { applies: false, reasons: causes(reasons) };

  const parameters = [...scope.parameters.values()];
  const graph: Graph = {
    name: model.metadata['graph'] ?? 'onnx',
    inputs: [...scope.inputs.values()].map(({ name, shape }) => ({ name, shape })),
    parameters: parameters.map(({ name, shape }) => ({ name, shape })),
    nodes,
    outputs: [...new Set(outputs.values())],
  };
  const places = [...scope.inputs.keys()].map((input) => open.findIndex(({ name }) => name === input));
  return { applies: true, graph, weights: await fill(parameters, options), places, outputs };
}

/** The reasons that are no mere consequence of another. */
function causes(reasons: readonly NotOurs[]): readonly NotOurs[] {
  const first = reasons.filter(({ reason }) => reason !== FOLLOWS);
  return first.length === 0 ? reasons : first;
}

async function fill(parameters: readonly Parameter[], { signal }: ReadOptions): Promise<Weights> {
  const total = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (!(total <= MAX_PARAMETERS)) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `The model has ${total} parameters; at most ${MAX_PARAMETERS} are read`,
      where: 'model',
    });
  }
  const weights = new Map<string, Tensor>();
  for (const { name, shape, values } of parameters) {
    throwIfAborted(signal, 'model');
    weights.set(name, { shape, data: await values() });
  }
  return weights;
}
