import {
  type FloatWeights,
  type Graph,
  inferShapes,
  type Named,
  type OpName,
  type Shape,
  type Tensor,
  type TrainingGraph,
  type TrainingGraphOptions,
  type TrainingInputs,
  trainingGraph,
  trainingInputs,
  type Weights,
} from '@alexnet/core';
import { type DataSet, dataSets, type Role } from '../data/data.ts';
import type { OpCase } from '../ops/case.ts';
import { outputGradient } from './data.ts';

/** One layer, its gradients, and the data to run them on. */
export interface GradientCase {
  readonly id: string;
  /** Of what the gradients are; absent for those of losses. */
  readonly op?: OpName;
  readonly name: string;
  readonly why: string;
  readonly training: TrainingGraph;
  readonly data: DataSet;
  readonly batch: number;
  /** Builds the tensors: cheap until then. */
  tensors(): { readonly weights: Weights & FloatWeights; readonly inputs: TrainingInputs };
}

/** What a case is made of. */
export interface GradientRow {
  readonly id: string;
  readonly op?: OpName;
  readonly title: string;
  readonly why: string;
  readonly graph: Graph;
  readonly data: DataSet;
  readonly batch: number;
  readonly options?: TrainingGraphOptions;
}

/** A layer with a given gradient of its output, or a network with its loss. */
export function gradientCase({ id, op, title, why, graph, data, batch, options }: GradientRow): GradientCase {
  const training = trainingGraph(graph, { loss: { kind: 'given' }, inputGradients: true, ...options });
  const { values } = inferShapes(graph);
  const [input] = graph.inputs as [Named];
  const tensor = (shape: Shape, fill: (shape: Shape, salt: string) => Float32Array, what: string): Tensor => ({
    shape,
    data: fill(shape, `${id}/${what}`),
  });
  return {
    id,
    ...(op === undefined ? {} : { op }),
    name: `${title}, ${data.title}`,
    why,
    training,
    data,
    batch,
    tensors() {
      const images: Record<string, Tensor> = {
        [input.name]: tensor([batch, ...input.shape], (shape, salt) => data.fill('input', shape, salt), 'input'),
      };
      const classes = values.get(training.scores)!;
      if (training.loss === undefined) {
        const fill = (shape: Shape, salt: string) => outputGradient(data, shape, salt);
        images[`${training.scores}.gradient`] = tensor([batch, ...classes], fill, 'gradient');
      }
      const labels = Array.from({ length: batch }, (_, n) => (n * 7 + 1) % classes[0]!);
      return {
        inputs: trainingInputs(training, { images, labels }, { seed: 2012, step: 3 }),
        weights: new Map(
          graph.parameters.map(({ name, shape }) => [
            name,
            tensor(shape, (s, salt) => data.fill(roles[name] ?? 'weight', s, salt), name),
          ]),
        ),
      };
    },
  };
}

const roles: Readonly<Record<string, Role>> = {
  b: 'bias',
  scale: 'scale',
  bias: 'bias',
  mean: 'mean',
  variance: 'variance',
};

/** The gradients of a row of the op database; in a batch, even where the row has one sample, so that sums over the batch are seen. */
export function derived(opCase: OpCase, keepBatch = false): GradientRow {
  const { graph, op, id, why, data } = opCase;
  const batch = keepBatch ? opCase.batch : batchOf(opCase);
  const [, , slug] = id.split('/') as [string, string, string];
  return {
    id: `gradient/${op}/${slug}${data === dataSets.random ? '' : `/${id.split('/')[3]}`}`,
    op,
    title: `the gradients of ${op} agree with the oracle: ${slug.replaceAll('-', ' ')}, batch ${batch}`,
    why,
    graph,
    data,
    batch,
  };
}

/** That of the row where it is above 1; else the smallest that no extent beside it has. */
function batchOf({ graph, batch }: OpCase): number {
  if (batch > 1) return batch;
  const taken = new Set([...inferShapes(graph).values.values()].flat());
  let free = 2;
  while (taken.has(free)) free++;
  return free;
}
