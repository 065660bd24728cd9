export * from './as-stored.ts';
export { fromHalf, toHalf } from './half.ts';
export { type QuantiseOptions, quantiseWeight } from './quantise.ts';
export { restoreWeight, storeWeight } from './store.ts';
export {
  Q4_BLOCK,
  type StoredWeight,
  type WeightF16,
  type WeightF32,
  type WeightQ4,
  type WeightQ8,
} from './stored-weight.ts';
export { type ErrorSum, errorSum, type WeightError, weightError } from './weight-error.ts';
