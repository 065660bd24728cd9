/** How far reading is, in bytes of weights. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}
