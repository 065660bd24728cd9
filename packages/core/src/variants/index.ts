import { AlexNetError } from '../error.ts';
import { bvlcAlexnet } from './bvlc-alexnet.ts';
import { caffenet } from './caffenet.ts';
import { cifar10 } from './cifar10.ts';
import { cudaConvnet2 } from './cuda-convnet2.ts';
import { engmrk } from './engmrk.ts';
import { eweill } from './eweill.ts';
import { guerzhoy } from './guerzhoy.ts';
import { kratzert } from './kratzert.ts';
import { onnxZoo } from './onnx-zoo.ts';
import { paper } from './paper.ts';
import { textbook } from './textbook.ts';
import { torchvision } from './torchvision.ts';
import { uestcsongtaoli } from './uestcsongtaoli.ts';
import type { Variant, VariantDefinition, VariantOptions } from './variant.ts';
import { vipoooool } from './vipoooool.ts';

/** Every published network that we know, in order of lineage, and the one that this project trains. */
export const variantDefinitions: readonly VariantDefinition[] = [
  paper,
  bvlcAlexnet,
  caffenet,
  kratzert,
  guerzhoy,
  onnxZoo,
  torchvision,
  cudaConvnet2,
  uestcsongtaoli,
  eweill,
  engmrk,
  vipoooool,
  textbook,
  cifar10,
];

export const variantIds: readonly string[] = variantDefinitions.map(({ id }) => id);

/**
 * Builds a variant: its graph, preprocessing and facts.
 * Errors: `unknown-name` (listing the ids that exist), `invalid-input` for options that the variant does not take.
 */
export function createVariant(id: string, options: VariantOptions = {}): Variant {
  const definition = variantDefinitions.find((candidate) => candidate.id === id);
  if (definition === undefined) {
    throw new AlexNetError({
      code: 'unknown-name',
      message: `There is no variant called ${JSON.stringify(id)}`,
      fix: `Choose from ${variantIds.join(', ')}.`,
    });
  }
  const {
    classes,
    inputSize,
    inputSizes,
    parameters: _parameters,
    macs: _macs,
    otherLabelsAt = [],
    labels,
    preprocessing,
    build,
    ...facts
  } = definition;
  const chosen = {
    classes: options.classes ?? classes,
    inputSize: options.inputSize ?? inputSize,
    width: options.width ?? 1,
  };
  checkOptions(chosen, inputSizes, id);
  const wide = (channels: number) => Math.max(2, Math.round((channels * chosen.width) / 2) * 2);
  return {
    ...facts,
    labels: chosen.classes === classes && !otherLabelsAt.includes(chosen.inputSize) ? labels : undefined,
    graph: build({ classes: chosen.classes, inputSize: chosen.inputSize, wide }),
    preprocessing: preprocessing(chosen.inputSize),
  };
}

function checkOptions(
  { classes, inputSize, width }: Required<VariantOptions>,
  sizes: VariantDefinition['inputSizes'],
  id: string,
): void {
  if (!Number.isInteger(classes) || classes < 1 || classes > 1_000_000) {
    throw invalid('classes', `${classes} is not a whole number from 1 to 1,000,000`);
  }
  if (!(Number.isFinite(width) && width > 0 && width <= 16))
    throw invalid('width', `${width} is not above 0 and at most 16`);
  if (!Number.isInteger(inputSize)) throw invalid('inputSize', `${inputSize} is not a whole number`);
  if ('atLeast' in sizes) {
    if (inputSize < sizes.atLeast || inputSize > 8192) {
      throw invalid('inputSize', `${id} takes inputs from ${sizes.atLeast} to 8192 pixels, not ${inputSize}`);
    }
  } else if (!sizes.includes(inputSize)) {
    throw invalid('inputSize', `${id} takes inputs of ${sizes.join(', ')} pixels, not ${inputSize}`);
  }
}

function invalid(option: string, message: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where: `option ${option}` });
}
