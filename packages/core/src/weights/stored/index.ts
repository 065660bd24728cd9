export * from './as-stored.ts';
export { fromHalf, toHalf } from './half.ts';
export * from './store.ts';
export {
  Q4_BLOCK,
  type StoredWeight,
  type WeightF16,
  type WeightF32,
  type WeightQ4,
  type WeightQ8,
} from './stored-weight.ts';
