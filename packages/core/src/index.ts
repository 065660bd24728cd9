export * from './augment/index.ts';
export * from './backend/backend.ts';
export * from './backend/choose.ts';
export * from './backend/inputs.ts';
export * from './backend/registry.ts';
export * from './bytes/index.ts';
export * from './error.ts';
export {
  type GradientNode,
  type GradientNodeOf,
  type GradientOpName,
  gradientOpNames,
  gradientOpOf,
  isGradientNode,
} from './gradients/index.ts';
export * from './graph/builder.ts';
export * from './graph/cost.ts';
export * from './graph/graph.ts';
export * from './graph/infer.ts';
export * from './int8/index.ts';
export { cifar10 as cifar10Labels } from './labels/cifar10.ts';
export { imagenet as imagenetLabels } from './labels/imagenet.ts';
export * from './labels/label-sets.ts';
export { plantvillage as plantvillageLabels } from './labels/plantvillage.ts';
export * from './labels/top-k.ts';
export { opNames, opOf, ops } from './ops/index.ts';
export type { Floats, ForwardArgs, NodeBase, OpDefinition, Operand, Pads, Pair } from './ops/op.ts';
export * from './oracle/evaluate.ts';
export * from './oracle/reference-backend.ts';
export { annotateFusions } from './passes/annotate-fusions.ts';
export { dropDropout } from './passes/drop-dropout.ts';
export { type Folded, foldBatchNorm } from './passes/fold-batch-norm.ts';
export { foldPadding } from './passes/fold-padding.ts';
export { type FoldedSource, foldBatchNormOfSource } from './passes/fold-source.ts';
export { neededPart } from './passes/needed-part.ts';
export { preprocess } from './preprocess/preprocess.ts';
export * from './preprocess/preprocessing.ts';
export * as presets from './preprocess/presets.ts';
export { type Normalisation, withNormalisation } from './preprocess/with-normalisation.ts';
export * from './select/index.ts';
export * from './tensor.ts';
export * from './training/index.ts';
export * from './turns.ts';
export { createVariant, variantDefinitions, variantIds } from './variants/index.ts';
export type { Dimensions, Recipe, Variant, VariantDefinition, VariantOptions } from './variants/variant.ts';
export * from './weights/check.ts';
export * from './weights/dc/index.ts';
export { fnv1a } from './weights/fnv1a.ts';
export * from './weights/native/index.ts';
export * from './weights/non-finite.ts';
export { type Counter, type Key, philox4x32, philoxStream } from './weights/philox.ts';
export * from './weights/read-weights.ts';
export * from './weights/safetensors/index.ts';
export { seededWeights } from './weights/seeded.ts';
export { readsThroughOneArray, sourceAsStored, sourceOfWeights } from './weights/source-of-weights.ts';
export * from './weights/stored/index.ts';
export * from './weights/weight-source.ts';
