export { type PlateauState, plateauAfter, plateauAtStart } from './schedule/plateau.ts';
export { checkSchedule, learningRateAt, type Schedule, type ScheduleMoment } from './schedule/schedule.ts';
