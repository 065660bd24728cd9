export { initialWeights } from './initialise/initial-weights.ts';
export { type Distribution, type Initialiser, type InitialiserId, initialisers } from './initialise/initialiser.ts';
export { type PlateauState, plateauAfter, plateauAtStart } from './schedule/plateau.ts';
export { checkSchedule, learningRateAt, type Schedule, type ScheduleMoment } from './schedule/schedule.ts';
