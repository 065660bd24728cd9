import type { JsonNumber } from '../report/report.ts';

/* What is known about a failure, as plain data: it is part of the report and survives JSON. */

/** A known mistake that gives what the backend gave. */
export interface Cause {
  /** Stable: `lrn/alpha-not-divided`. */
  readonly id: string;
  /** What is done wrong, as a sentence. */
  readonly cause: string;
  /** What to do, in one line. */
  readonly fix: string;
  /** The share of the compared elements that the mistake reproduces, 0 to 1; absent where the cause was told from evidence of another kind. */
  readonly explains?: number;
}

/** The worst error of each of at most 32 x 32 cells, row by row. */
export interface Cells {
  /** What the cells divide: the channels one after the other, the image, or the features of a flat value. */
  readonly of: 'channels' | 'space' | 'features';
  readonly rows: number;
  readonly cols: number;
  /** Along `channels` and `features`: how many a cell holds. Of `space`: pixels down and across. */
  readonly perCell: readonly number[];
  /** `error / budget`; above 1 is wrong. Up to `rows * cols` values; the last row of channels or features may be short. */
  readonly worst: readonly JsonNumber[];
}

/** Where a tensor is wrong. */
export interface ErrorMap {
  readonly elements: number;
  /** How many elements are over budget. */
  readonly wrong: number;
  /** Indices of the first and the last wrong element, batch first. */
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** Which samples of the batch hold a wrong element, up to 32, of how many. */
  readonly samples: readonly number[];
  readonly batch: number;
  readonly cells: readonly Cells[];
}

export interface Diagnosis {
  /** The most likely cause. Absent: no known mistake explains what the backend gave. */
  readonly cause?: Cause;
  /** Other mistakes that explain it as well, the most common first. */
  readonly alternatives: readonly Cause[];
  /** What the wrong elements have in common, a sentence, where no mistake explains them. */
  readonly pattern?: string;
  /** Absent where there is no tensor of the right shape to look at. */
  readonly errors?: ErrorMap;
}
