export { type Dtype, isFloat, type StoredTensor, toFloat32, toFloat64 } from './dtype.ts';
export { asWeights, readSafetensors, type SafetensorsFile } from './read.ts';
export { concatBytes, type WritableTensor, type WriteOptions, writeSafetensors } from './write.ts';
