import type { NodeOf } from '@alexnet/core';
import { segmentsOf } from './linear-weights.ts';
import type { Context, Lowered, Tail } from './lower.ts';
import { cover, type Dispatch } from './step.ts';
import { biasConstant } from './weights.ts';

/** Sums over parts of the input, for each buffer of weights, then the sum of the parts. */
export function lowerLinear(node: NodeOf<'linear'>, context: Context, tail: Tail): Lowered {
  const { name } = node;
  const { precision } = context;
  const shape = context.shapeOf(node.weight);
  const [out] = shape as readonly [number];
  const [x, y] = [context.layout(node.inputs[0]), context.layout(name)];
  const biasName = context.constant(`${name}.bias`, biasConstant(out, node.bias));
  const segments = context.linearWeight({
    parameter: node.weight,
    segments: segmentsOf({ shape, precision }, context.bindingLimit).map((segment, i) => {
      const matrix = `${name}.weight.${i}`;
      const scales = precision === 'q8' || precision === 'q4' ? { scales: `${matrix}.scales` } : {};
      return { ...segment, matrix, ...scales };
    }),
  });
  const reads = node.inputs[0];
  const scratch = `${name}.parts`;

  /** Vec4s of the input per part, so that each buffer of weights has about its share of the parts. */
  const cut = (batch: number) => {
    const tile = context.choices.linear({ samples: batch, inVectors: x.vectors, outVectors: y.vectors });
    const partVectors = Math.ceil(x.vectors / tile.parts);
    let parts = 0;
    const ranges = segments.map((segment) => {
      const range = { ...segment, firstPart: parts, parts: Math.ceil(segment.vectors / partVectors) };
      parts += range.parts;
      return range;
    });
    return { tile, partVectors, parts, ranges };
  };

  const plan = (batch: number): Dispatch[] => {
    const { tile, partVectors, parts, ranges } = cut(batch);
    const size = batch * y.vectors;
    return [
      ...ranges.map(
        (range): Dispatch => ({
          choice: { kernel: `linear-${precision}`, constants: { ROWS: tile.rows, COLS: tile.cols } },
          params: [batch, x.vectors, y.vectors, range.firstPart, range.first, range.vectors, partVectors],
          groups: [Math.ceil(y.vectors / tile.cols / 64), Math.ceil(batch / tile.rows), range.parts],
          reads,
          writes: scratch,
          constants: range.scales === undefined ? [range.matrix] : [range.matrix, range.scales],
        }),
      ),
      {
        choice: { kernel: 'linear-sum' },
        params: [size, y.vectors, parts, out, Number(tail.relu)],
        groups: cover(size),
        reads: scratch,
        writes: tail.writes,
        constants: [biasName],
      },
    ];
  };
  return {
    nodes: tail.nodes,
    reads,
    writes: tail.writes,
    plan,
    scratch: { name: scratch, bytes: (batch) => cut(batch).parts * batch * y.vectors * 16 },
  };
}
