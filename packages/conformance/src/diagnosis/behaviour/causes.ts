import type { Cause } from '../diagnosis.ts';

const cause = (id: string, text: string, fix: string): Cause => ({ id: `behaviour/${id}`, cause: text, fix });

/* What breaks the Backend contract, told from what the runs returned. */
export const causes = {
  wrongNumbers: cause(
    'wrong-numbers',
    'The numbers are wrong in a plain run already, so that this check says nothing yet',
    'Repair what fails in single ops first: the same mistake shows here.',
  ),
  noPlainRun: cause(
    'no-plain-run',
    'Even a plain run of the small network gives no result, so that this check says nothing yet',
    'Make one image go through first: the reason of the check says what stops it.',
  ),
  inputOverwritten: cause(
    'input-overwritten',
    'A run writes into the tensors of its caller',
    'Copy the input, or work out of place.',
  ),
  aliasedOutput: cause(
    'aliased-output',
    'Results are views of a buffer that later runs write to',
    'Return a copy of the result, or a buffer that is never used again.',
  ),
  staleResult: cause(
    'stale-result',
    'A run returns the result of an earlier one',
    'Wait for the run to end before its result is read, and do not keep results by program.',
  ),
  sharedBuffer: cause(
    'shared-buffer',
    'Runs that overlap share a buffer: one returns the result of another',
    'Give every run its own buffers, or let runs wait for each other.',
  ),
  staleBuffer: cause(
    'stale-buffer',
    'A run adds to what the run before left in a buffer',
    'Clear buffers that are added to, or write instead of adding.',
  ),
  samplesMixed: cause(
    'samples-mixed',
    'Samples of a batch are mixed up: each result is that of another sample',
    'Add the offset of the sample, n * size, in reading and in writing.',
  ),
  buffersOfFirstBatch: cause(
    'buffers-of-first-batch',
    'Buffers keep the size of an earlier, smaller batch: what is beyond comes back 0',
    'Allocate for the batch of each run, or for the largest so far.',
  ),
  nanStays: cause(
    'nan-stays',
    'NaN of an earlier run stays in a buffer',
    'Write buffers whole before they are read; 0 * NaN is NaN.',
  ),
  otherWeights: cause(
    'weights-of-other-program',
    'A program computes with the weights of another',
    'Keep weights by program, not by the name of a graph or a parameter.',
  ),
  nondeterministic: cause(
    'nondeterministic',
    'The last bits change from run to run: the order of additions is not fixed',
    'Add in a fixed order: no atomic additions, no reduction over threads in the order in which they end; or do not declare deterministic.',
  ),
  race: cause(
    'race',
    'The same input gives clearly different values in some elements: threads race for them',
    'Put a barrier between writing and reading shared memory, and let one thread write an element.',
  ),
} as const;
