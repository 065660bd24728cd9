import { type Suite, suites } from '../report/report.ts';

/** How thorough a run is. */
export type Level = 'quick' | 'standard' | 'full';

export interface LevelContent {
  /** What the level is for. */
  readonly purpose: string;
  /** How long it may take on a fast backend with two threads, in seconds; undefined: as long as it takes. */
  readonly seconds?: number;
  readonly suites: readonly Suite[];
  /** Which rows the suites `gradient` and `training` take: the few that find most, or all. */
  readonly trainingRows: 'few' | 'all';
  /** Random cases per op, in the suite `property`. */
  readonly randomCases: number;
  /** How many of the networks, from the first, are checked with stored weights too. */
  readonly storedNetworks: number;
  /** And how many in int8. */
  readonly int8Networks: number;
}

/**
 * What each level contains. Which networks belong to it is for who brings their weights and images: the command `alexnet conform` takes
 * narrow ones for `quick`, the two most used at full size for `standard`, and all for `full`.
 */
export const levels: Readonly<Record<Level, LevelContent>> = {
  quick: {
    purpose: 'while a backend is being written',
    seconds: 20,
    suites,
    trainingRows: 'few',
    randomCases: 5,
    storedNetworks: 1,
    int8Networks: 1,
  },
  standard: {
    purpose: 'before a change is merged',
    seconds: 180,
    suites,
    trainingRows: 'all',
    randomCases: 25,
    storedNetworks: 1,
    int8Networks: 1,
  },
  full: {
    purpose: 'before a release',
    suites,
    trainingRows: 'all',
    randomCases: 500,
    storedNetworks: Number.POSITIVE_INFINITY,
    int8Networks: 1,
  },
};
