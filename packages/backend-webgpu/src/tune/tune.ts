import {
  type Backend,
  type Graph,
  inferShapes,
  type Node,
  type NodeOf,
  opOf,
  type Program,
  seededWeights,
  sizeOf,
  throwIfAborted,
} from '@alexnet/core';
import { type BackendSetup, createBackend } from '../backend.ts';
import { describeKernel, type KernelChoice } from '../kernels/kernels.ts';
import { type Choices, type ConvolutionSize, candidates, defaultChoices, type LinearTile } from '../plan/choices.ts';
import type { Tuning } from './tuning.ts';

export interface TuneOptions {
  /** The network to tune for. */
  readonly graph: Graph;
  /** Batch sizes to tune for. Default: 1 and 8. */
  readonly batches?: readonly number[];
  readonly signal?: AbortSignal;
  onProgress?(progress: TuneProgress): void;
}

/** A candidate was timed. */
export interface TuneProgress {
  readonly layer: string;
  readonly batch: number;
  readonly candidate: string;
  readonly ms: number;
}

/**
 * Times every candidate on every convolution of a network, and on a linear layer of middle size, and keeps the fastest. Takes seconds on a GPU.
 * Errors: `aborted`, and those of a backend.
 */
export async function tune(setup: Omit<BackendSetup, 'choices'>, options: TuneOptions): Promise<Tuning> {
  const { graph, batches = [1, 8], signal, onProgress } = options;
  let convolution: KernelChoice = candidates.convolution[0];
  let tile: Omit<LinearTile, 'parts'> = candidates.linear[0]!;
  let asked: ConvolutionSize | undefined;
  const usual = defaultChoices(false);
  const forced: Choices = {
    convolution(size) {
      asked = size;
      return convolution;
    },
    linear: (size) => ({ ...usual.linear(size), ...tile }),
  };
  await using backend = await createBackend({ ...setup, choices: forced });

  const fastest = async <T>(layer: Graph, batch: number, list: readonly T[], use: (each: T) => string): Promise<T> => {
    let best: { readonly each: T; readonly ms: number } | undefined;
    for (const each of list) {
      throwIfAborted(signal, 'tuning');
      const candidate = use(each);
      const ms = await timeLayer(backend, layer, batch);
      onProgress?.({ layer: layer.name, batch, candidate, ms });
      if (best === undefined || ms < best.ms) best = { each, ms };
    }
    return best!.each;
  };

  const convolutions: Tuning['convolutions'][number][] = [];
  for (const node of graph.nodes.filter(isConvolution)) {
    for (const batch of batches) {
      const choice = await fastest(alone(graph, node), batch, candidates.convolution, (each) => {
        convolution = each;
        return describeKernel(each);
      });
      // grouped channels that do not fill vec4s have one kernel only, and nothing was asked
      if (asked !== undefined) convolutions.push({ size: asked, choice });
      asked = undefined;
    }
  }
  const linears: Tuning['linears'][number][] = [];
  for (const samples of batches) {
    const fitting = candidates.linear.filter(({ rows }) => rows <= samples && rows * 4 >= Math.min(samples, 16));
    const chosen = await fastest(middle, samples, fitting, (each) => {
      tile = each;
      return `linear ROWS=${each.rows} COLS=${each.cols}`;
    });
    linears.push({ samples, ...chosen });
  }
  return { version: 1, adapter: backend.environment.device, convolutions, linears };
}

function isConvolution(node: Node): node is NodeOf<'conv2d'> {
  return node.op === 'conv2d';
}

/** One node of a graph as a graph. */
function alone(graph: Graph, node: Node): Graph {
  const { values } = inferShapes(graph);
  const names = new Set(opOf(node).parameters(node));
  return {
    name: node.name,
    inputs: node.inputs.map((name) => ({ name, shape: values.get(name)! })),
    parameters: graph.parameters.filter(({ name }) => names.has(name)),
    nodes: [node],
    outputs: [node.name],
  };
}

/** A linear layer of middle size: 16 MB of weights. */
const middle: Graph = {
  name: 'linear',
  inputs: [{ name: 'x', shape: [2048] }],
  parameters: [{ name: 'weight', shape: [2048, 2048] }],
  nodes: [{ op: 'linear', name: 'y', inputs: ['x'], weight: 'weight' }],
  outputs: ['y'],
};

const REPEATS = 3;

/** Least time of a few runs, after one that is not counted: on the device where it has timestamps. */
async function timeLayer(backend: Backend, layer: Graph, batch: number): Promise<number> {
  await using program = await backend.compile(layer, seededWeights(layer, 0));
  const inputs = Object.fromEntries(
    layer.inputs.map(({ name, shape }) => {
      const data = Float32Array.from({ length: batch * sizeOf(shape) }, (_, i) => (((i * 37) % 101) - 50) / 50);
      return [name, { shape: [batch, ...shape], data }];
    }),
  );
  const time = program.profile === undefined ? byClock : onDevice;
  await program.run(inputs);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS; i++) least = Math.min(least, await time(program, inputs));
  return least;
}

type Inputs = Parameters<Program['run']>[0];

async function onDevice(program: Program, inputs: Inputs): Promise<number> {
  return (await program.profile!(inputs)).reduce((sum, { ms }) => sum + ms, 0);
}

async function byClock(program: Program, inputs: Inputs): Promise<number> {
  const start = performance.now();
  await program.run(inputs);
  return performance.now() - start;
}
