import {
  AlexNetError,
  type Backend,
  type Graph,
  preprocess,
  type Tensor,
  throwIfAborted,
  type Variant,
  type Weights,
} from '@alexnet/core';
import { decodeImage } from '@alexnet/image';
import type { Context } from '../commands/command.ts';
import { reason } from '../files.ts';
import { skippedText } from '../training/skipped-log.ts';

/** Images as a variant wants them, the crops of each as one batch; the output says which cannot be read. Errors: `invalid-file` when none can. */
export async function sampleInputs(
  images: readonly string[],
  { preprocessing }: Variant,
  { output, signal }: Context,
): Promise<Tensor[]> {
  const inputs: Tensor[] = [];
  for (const image of images) {
    try {
      inputs.push(preprocess(await decodeImage(image, { signal }), preprocessing));
    } catch (error) {
      if (signal.aborted) throw error;
      output.note(skippedText({ path: image, reason: reason(error) }));
    }
  }
  if (inputs.length > 0) return inputs;
  throw new AlexNetError({
    code: 'invalid-file',
    message: 'None of the samples can be read',
    where: 'option --samples',
  });
}

/** The mean square of each input of each linear layer over the samples: by the name of the weight, [in]. */
export async function inputEnergy(
  backend: Backend,
  graph: Graph,
  weights: Weights,
  samples: readonly Tensor[],
  signal: AbortSignal,
): Promise<Map<string, Float32Array>> {
  const linear = graph.nodes.flatMap((node) => (node.op === 'linear' ? [node] : []));
  const outputs = [...new Set(linear.map(({ inputs }) => inputs[0]))];
  await using program = await backend.compile(graph, weights, { outputs, signal });
  const sums = new Map<string, Float64Array>();
  let count = 0;
  for (const input of samples) {
    throwIfAborted(signal, 'samples');
    const values = await program.run({ [graph.inputs[0]!.name]: input }, { signal });
    count += input.shape[0]!;
    for (const { weight, inputs } of linear) {
      const { shape, data } = values[inputs[0]]!;
      const features = shape[1]!;
      const sum = sums.get(weight) ?? new Float64Array(features);
      sums.set(weight, sum);
      for (let i = 0; i < data.length; i++) sum[i % features]! += data[i]! ** 2;
    }
  }
  return new Map([...sums].map(([name, sum]) => [name, Float32Array.from(sum, (value) => value / count)]));
}
