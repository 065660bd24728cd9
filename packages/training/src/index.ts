export { initialWeights } from './initialise/initial-weights.ts';
export { type Distribution, type Initialiser, type InitialiserId, initialisers } from './initialise/initialiser.ts';
export { meanOfCrops } from './metrics/mean-of-crops.ts';
export { type ClassMetrics, createTally, type Metrics, type OutputKind, type Tally } from './metrics/tally.ts';
export { type PlateauState, plateauAfter, plateauAtStart } from './schedule/plateau.ts';
export { checkSchedule, learningRateAt, type Schedule, type ScheduleMoment } from './schedule/schedule.ts';
