import type { Schedule } from './schedule.ts';

/** What a plateau schedule remembers between epochs. Goes into checkpoints. */
export interface PlateauState {
  /** The lowest validation error so far; undefined before the first epoch ends. */
  readonly best: number | undefined;
  /** Epochs since then, or since the last drop. */
  readonly stalled: number;
  /** How often the rate was divided. */
  readonly drops: number;
}

export const plateauAtStart: PlateauState = { best: undefined, stalled: 0, drops: 0 };

/** The state after one more epoch, whose validation error is given. Schedules of other kinds remember nothing. */
export function plateauAfter(schedule: Schedule, state: PlateauState, error: number): PlateauState {
  if (schedule.kind !== 'plateau') return state;
  if (state.best === undefined || error < state.best) return { ...state, best: error, stalled: 0 };
  const stalled = state.stalled + 1;
  if (stalled < schedule.patience || state.drops >= schedule.times) return { ...state, stalled };
  return { ...state, stalled: 0, drops: state.drops + 1 };
}
