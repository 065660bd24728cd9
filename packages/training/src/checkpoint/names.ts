/*
 * Names of files in a store. Numbers have leading zeros, so that the order of the names is that of the training.
 */

const numbered = (kind: string, n: number) => `${kind}-${String(n).padStart(9, '0')}.safetensors`;

/** All of a training after its first `step` batches. */
export const checkpointName = (step: number): string => numbered('checkpoint', step);

/** The weights after an epoch that was the best so far. */
export const bestName = (epoch: number): string => numbered('best', epoch);

/** Whether a file of a store is a checkpoint: there is a training, then, to go on with. */
export const isCheckpointName = (name: string): boolean => /^checkpoint-\d{9}\.safetensors$/.test(name);
export const isBestName = (name: string): boolean => /^best-\d{9}\.safetensors$/.test(name);
