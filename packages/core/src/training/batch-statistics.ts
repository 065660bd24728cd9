/** The names of the values that hold a batch norm's statistics of the batch. */
export function batchStatistics(norm: string): readonly [mean: string, variance: string] {
  return [`${norm}.batch.mean`, `${norm}.batch.variance`];
}
