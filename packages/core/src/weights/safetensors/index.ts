export { type Dtype, dtypeBytes, isFloat, type StoredTensor, toFloat32, toFloat64 } from './dtype.ts';
export { asWeights, readSafetensors, type SafetensorsFile } from './read.ts';
export { readSafetensorsHeader, type SafetensorsHeader } from './read-header.ts';
export { type Json, JsonError, type JsonLimits, type JsonObject, parseStrictJson } from './strict-json.ts';
export { concatBytes, type WritableTensor, type WriteOptions, writeSafetensors } from './write.ts';
