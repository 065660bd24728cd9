import {
  createRegistry,
  type Environment,
  type Graph,
  type Program,
  type Tensor,
  type TensorMap,
  type Weights,
} from '@alexnet/core';
import { providersHere } from '../engines/providers.ts';
import { answer } from './link/answer.ts';

/*
 * One backend with one network. The page ends the worker when it wants another of either: the memory of WebAssembly never
 * shrinks, and nothing else gives all of it back.
 */

let program: Program | undefined;
let isWarm = false;
/** All values of the last run. */
let values: TensorMap = {};

const WARM_UNTIL_MS = 1000;

export interface Load {
  readonly backend: string;
  readonly graph: Graph;
  readonly weights: Weights;
  /** Values to keep of a run; default: the graph's own output. */
  readonly outputs?: readonly string[];
}

export interface Loaded {
  readonly environment: Environment;
  readonly compileMs: number;
}

export interface Ran {
  /** The first output of the graph, with a row for every sample. */
  readonly output: Tensor;
  readonly ms: number;
  /** It was the first of all, and too slow to be done twice. */
  readonly isFirst: boolean;
}

const answers = {
  async load({ backend: id, graph, weights, outputs }: Load): Promise<Loaded> {
    const backend = await createRegistry(providersHere()).get(id).create();
    const started = performance.now();
    program = await backend.compile(graph, weights, outputs === undefined ? {} : { outputs });
    await program.warmup?.(); // so that no run pays for it: its time is shown
    return { environment: backend.environment, compileMs: performance.now() - started };
  },

  /** The first run of all is done twice where that costs little: engines are slower then than ever after. */
  async run({ input, output }: { readonly input: Tensor; readonly output: string }): Promise<Ran> {
    let ms = await timedRun(input);
    const isFirst = !isWarm && ms > WARM_UNTIL_MS;
    if (!isWarm && !isFirst) ms = await timedRun(input);
    isWarm = true;
    return { ms, isFirst, output: values[output]! };
  },

  /** A value of the last run. */
  value({ name }: { readonly name: string }): Tensor {
    return values[name]!;
  },
};

async function timedRun(input: Tensor): Promise<number> {
  const started = performance.now();
  values = await program!.run({ input });
  return performance.now() - started;
}

export type ClassifyAnswers = typeof answers;

answer(answers);
