import { type TrainingNode, trainingOpOf } from '@alexnet/core';
import { layoutOf } from '../plan/layout.ts';
import {
  assignSlots,
  buffersOf,
  checkSizes,
  type Edges,
  enter,
  leave,
  type Plan,
  type PlanLimits,
} from '../plan/plan.ts';
import type { BufferName, Dispatch, Step } from '../plan/step.ts';
import { gradientBuffers } from './computation.ts';
import type { TrainingNetwork } from './network.ts';
import type { Updates } from './updates.ts';

/** What a run of a training graph is for. */
export interface Purpose {
  /** Values that callers get. */
  readonly outputs: readonly string[];
  /** What a step changes; undefined where nothing changes. */
  readonly updates?: Updates;
}

/**
 * Plans a run of a training graph. A parameter is updated as soon as nobody reads it any more, and its gradient's memory is free then; where
 * gradients are clipped, all of them must be there first.
 * Errors: `out-of-memory` when the device cannot bind a value or count its workgroups, before anything is allocated.
 */
export function planTraining(
  network: TrainingNetwork,
  { outputs, updates }: Purpose,
  batch: number,
  limits: PlanLimits,
): Plan {
  const { training, shapes, parameterOf, parameterBuffers } = network;
  const bytes = new Map<BufferName, number>(updates?.buffers);
  const uploads: Edges = new Map();
  const downloads: Edges = new Map();
  const layout = (value: string) => layoutOf(shapes.values.get(value)!);
  const needed = neededFor(network, [
    ...outputs,
    ...(updates === undefined ? [] : [...training.gradients, ...training.statistics].map(({ value }) => value)),
  ]);

  const given = training.inputs.flatMap(({ name }) => enter(name, layout(name), batch, bytes, uploads));
  const leaving = new Map<string, readonly Dispatch[]>();
  for (const value of outputs) {
    const parameter = parameterOf(value);
    if (parameter === undefined) {
      const count = shapes.overBatch.has(value) ? 1 : batch;
      leaving.set(value, leave(value, layout(value), count, bytes, downloads));
      continue;
    }
    // it lies as the parameter does: callers put it in order as they do the parameter
    const buffers = parameterBuffers(parameter);
    for (const [i, buffer] of gradientBuffers(value, buffers).entries()) {
      downloads.set(buffer, { buffer, bytes: buffers[i]!.bytes });
    }
  }
  const steps: Step[] = [
    { nodes: '', dispatches: [...given, ...training.inputs.flatMap(({ name }) => leaving.get(name) ?? [])] },
  ];
  const { atOnce, atEnd } = updatesAfter(needed, training.gradients, updates);
  for (const [i, { nodes, buffers, plan }] of needed.entries()) {
    for (const [name, size] of buffers(batch)) bytes.set(name, size);
    const after = nodes.flatMap(({ name }) => leaving.get(name) ?? []);
    const dispatches = [...plan(batch), ...after, ...(atOnce.get(i) ?? [])];
    steps.push({ nodes: nodes.map(({ name }) => name).join('+'), dispatches });
  }
  if (updates !== undefined) {
    steps.push({ nodes: 'updates', dispatches: [...updates.clipping, ...atEnd, ...updates.statistics(batch)] });
  }
  checkSizes(steps, bytes, batch, limits);
  return { batch, steps, uploads, downloads, ...assignSlots(steps, bytes, buffersOf(uploads), buffersOf(downloads)) };
}

/** The computations on which values depend, in order. */
function neededFor({ computations }: TrainingNetwork, values: readonly string[]): TrainingNetwork['computations'] {
  const needed = new Set(values);
  const reached = computations.toReversed().filter(({ nodes }) => {
    if (!nodes.some(({ name }) => needed.has(name))) return false;
    for (const input of nodes.flatMap(({ inputs }) => inputs)) needed.add(input);
    return true;
  });
  return reached.toReversed();
}

/** Which updates come after which computation. */
function updatesAfter(
  computations: TrainingNetwork['computations'],
  gradients: TrainingNetwork['training']['gradients'],
  updates: Updates | undefined,
): { readonly atOnce: ReadonlyMap<number, readonly Dispatch[]>; readonly atEnd: readonly Dispatch[] } {
  const atOnce = new Map<number, Dispatch[]>();
  if (updates === undefined) return { atOnce, atEnd: [] };
  if (updates.clipping.length > 0) return { atOnce, atEnd: [...updates.parameters.values()].flat() };
  for (const { parameter, value } of gradients) {
    const uses = (node: TrainingNode) => node.name === value || trainingOpOf(node).parameters(node).includes(parameter);
    const last = computations.findLastIndex(({ nodes }) => nodes.some(uses));
    atOnce.set(last, [...(atOnce.get(last) ?? []), ...updates.parameters.get(parameter)!]);
  }
  return { atOnce, atEnd: [] };
}
