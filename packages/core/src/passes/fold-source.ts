import { AlexNetError, throwIfAborted } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import type { Tensor } from '../tensor.ts';
import { checkWeights } from '../weights/check.ts';
import { sourceOfWeights } from '../weights/source-of-weights.ts';
import { tensorOf, type WeightSource } from '../weights/weight-source.ts';
import { folding, parametersOf, readBy } from './folding.ts';

/** A graph with weights that belong to it, wherever they are. */
export interface FoldedSource {
  readonly graph: Graph;
  readonly source: WeightSource;
}

/**
 * `foldBatchNorm` of weights that may still be arriving, to the same bits. Reads the parameters that take part, one fold's at a time, and nothing else:
 * those that are folded are in memory from then on, until the last of their rows is read, and come first; each can be read once.
 * All others are read from the source when they are asked for. Errors: `invalid-graph`, `invalid-weights`, and those of `read`.
 */
export async function foldBatchNormOfSource(
  graph: Graph,
  source: WeightSource,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<FoldedSource> {
  const { values } = inferShapes(graph);
  checkWeights(graph, source);
  const inMemory = new Map<string, Tensor>();
  const steps = folding(graph, values, parametersOf(graph, inMemory));
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) {
    const wanted = new Set(step.value);
    for (const name of inMemory.keys()) if (source.parameters.has(name) && !wanted.has(name)) inMemory.delete(name);
    for (const name of wanted) {
      if (inMemory.has(name)) continue;
      throwIfAborted(signal, name);
      inMemory.set(name, tensorOf(await source.read(name, { signal }), name));
    }
  }
  const folded = step.value;
  return folded.nodes.length === graph.nodes.length ? { graph, source } : onlyRead(folded, source, inMemory);
}

function onlyRead(graph: Graph, source: WeightSource, inMemory: Map<string, Tensor>): FoldedSource {
  const used = readBy(graph);
  for (const name of inMemory.keys()) if (source.parameters.has(name) || !used.has(name)) inMemory.delete(name);
  const folded = sourceOfWeights(inMemory);
  const parameters = new Map([...folded.parameters, ...[...source.parameters].filter(([name]) => used.has(name))]);
  const read: WeightSource['read'] = async (name, options) => {
    if (!folded.parameters.has(name)) return source.read(name, options);
    if (!inMemory.has(name)) throw gone(name);
    const rows = await folded.read(name, options);
    const end = options?.rows?.[1] ?? Infinity;
    if (end >= parameters.get(name)!.shape[0]!) inMemory.delete(name);
    return rows;
  };
  return {
    graph: { ...graph, parameters: [...parameters].map(([name, { shape }]) => ({ name, shape })) },
    source: {
      parameters,
      read,
      async readInto(name, target, options) {
        const isFolded = folded.parameters.has(name);
        if (source.readInto !== undefined && !isFolded) await source.readInto(name, target, options);
        else target.set(tensorOf(await read(name, options), name).data);
      },
    },
  };
}

function gone(name: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message: `The folded parameter ${name} was read before, and is kept no longer`,
    where: name,
    fix: 'Fold again.',
  });
}
