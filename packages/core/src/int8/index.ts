export { type CalibrateOptions, calibrate } from './calibrate.ts';
export { type Calibration, quantisationsOf } from './calibration.ts';
export { type EvaluateInt8Options, evaluateInt8 } from './evaluate-int8.ts';
export { type Int8Layer, int8Layer } from './layer.ts';
export { int8Network } from './network.ts';
export { movesOnly, multiplies, onlyReader, quantisedPlaces } from './places.ts';
export { fromSteps, type Quantisation, quantisationOf, toSteps } from './quantisation.ts';
