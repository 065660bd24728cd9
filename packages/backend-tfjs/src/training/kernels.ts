import { AlexNetError, type GradientOpName, type TrainingNode } from '@alexnet/core';
import type { EngineKind } from '../engines/engine.ts';
import type { Tfjs } from '../tfjs.ts';
import type { TrainingForm } from './form.ts';

/** A kernel that a gradient needs and that an engine of tfjs may lack; what inference runs on, every engine has. */
export interface NeededKernel {
  readonly op: GradientOpName;
  readonly kernel: string;
}

type Engine = Pick<EngineKind, 'backend' | 'package' | 'training'>;

function needed(tf: Tfjs, { convolutionInput, convolutionWeight, maxPool }: TrainingForm): readonly NeededKernel[] {
  return [
    convolutionInput === 'kernel'
      ? { op: 'conv2dInputGradient', kernel: tf.Conv2DBackpropInput }
      : { op: 'conv2dInputGradient', kernel: tf.Reverse },
    ...(convolutionWeight === 'kernel'
      ? [{ op: 'conv2dWeightGradient', kernel: tf.Conv2DBackpropFilter } as const]
      : []),
    { op: 'maxPool2dGradient', kernel: maxPool === 'comparison' ? tf.StridedSlice : tf.MaxPoolGrad },
  ];
}

/** What the engine lacks to train. */
export function missingKernels(tf: Tfjs, { backend, training }: Engine): readonly NeededKernel[] {
  return needed(tf, training).filter(({ kernel }) => tf.getKernel(kernel, backend) === undefined);
}

/** Errors: `unsupported`, naming the op and the kernel. */
export function checkKernels(tf: Tfjs, engine: Engine, nodes: readonly TrainingNode[]): void {
  for (const { op, kernel } of missingKernels(tf, engine)) {
    const node = nodes.find((each) => each.op === op);
    if (node === undefined) continue;
    throw new AlexNetError({
      code: 'unsupported',
      message: `${engine.package} ${tf.version_core} has no kernel ${kernel}, which ${op} needs`,
      fix: 'Train on another engine of TensorFlow.js, or freeze the layers up to this one.',
      where: `node ${node.name}`,
    });
  }
}
