import type { Precision } from '../backend/backend.ts';
import type { Graph } from '../graph/graph.ts';
import { sizeOf, type Weights } from '../tensor.ts';
import { wantedRows } from './load/rows.ts';
import { storesAt } from './stored/as-stored.ts';
import { inPrecision, isWeightSource, type ParameterFacts, tensorOf, type WeightSource } from './weight-source.ts';

/*
 * Weights as sources, so that what reads them, such as a backend's `compile`, is written once for those in memory and those that are still arriving.
 */

/** Weights in memory as a source, in their order. Unlike those of other sources, rows are views of the arrays that were given: not to be written to. */
export function sourceOfWeights(weights: Weights | WeightSource): WeightSource {
  if (isWeightSource(weights)) return weights;
  const parameters = new Map(
    [...weights].map(([name, { shape }]): [string, ParameterFacts] => [name, { shape, precision: 'f32' }]),
  );
  return {
    parameters,
    async read(name, options = {}) {
      const [from, to] = wantedRows(parameters, name, options);
      const { shape, data } = weights.get(name)!;
      if (options.rows === undefined) return { precision: 'f32', shape, data };
      const [, ...rest] = shape;
      const row = sizeOf(rest);
      return { precision: 'f32', shape: [to - from, ...rest], data: data.subarray(from * row, to * row) };
    },
  };
}

/**
 * What a program of this precision computes with, as float32: `weightsAsStored` row by row, since no scale reaches over two rows.
 * What the source stores in this precision already is not stored anew.
 */
export function sourceAsStored(graph: Graph, source: WeightSource, precision: Precision): WeightSource {
  const stored = new Set(storesAt(graph, precision));
  const parameters = new Map(
    [...source.parameters].map(([name, { shape }]): [string, ParameterFacts] => [name, { shape, precision: 'f32' }]),
  );
  const isPlain = (name: string) => !stored.has(name) && source.parameters.get(name)?.precision === 'f32';
  const read: WeightSource['read'] = async (name, options) => {
    const rows = await source.read(name, options);
    return { precision: 'f32', ...tensorOf(stored.has(name) ? inPrecision(rows, precision, name) : rows, name) };
  };
  return {
    parameters,
    read,
    async readInto(name, target, options) {
      if (source.readInto !== undefined && isPlain(name)) await source.readInto(name, target, options);
      else target.set((await read(name, options)).data);
    },
  };
}

/**
 * `read` through memory that is used again: what it gives back holds until the next call, and is not to be changed. Without it, what was
 * read lies about until the engine of JavaScript collects it, which may be a hundred megabytes later.
 */
export function readsThroughOneArray(source: WeightSource): WeightSource['read'] {
  let memory = new Float32Array();
  return async (name, options = {}) => {
    const facts = source.parameters.get(name);
    if (facts?.precision !== 'f32' || source.readInto === undefined) return source.read(name, options);
    const [from, to] = wantedRows(source.parameters, name, options);
    const shape = facts.shape.length === 0 ? [] : [to - from, ...facts.shape.slice(1)];
    if (memory.length < sizeOf(shape)) memory = new Float32Array(sizeOf(shape));
    const data = memory.subarray(0, sizeOf(shape));
    await source.readInto(name, data, options);
    return { precision: 'f32', shape, data };
  };
}
