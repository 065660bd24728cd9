import type { Cause } from '../diagnosis.ts';

/* Where the runs do not tell more, the check that failed names the cause. */

const fixes: Readonly<Record<string, readonly [cause: string, fix: string]>> = {
  repeatable: [
    'Results change from run to run',
    'Add in a fixed order and synchronise threads, or do not declare deterministic.',
  ],
  'overlapping-runs': [
    'Runs that overlap disturb each other',
    'Give every run its own buffers, or let runs wait for each other.',
  ],
  'batch-sizes': [
    'The batch of a run is not respected everywhere',
    'Derive every extent, offset and number of tiles from the batch of the run.',
  ],
  'stale-buffers': ['A run leaves something behind for the next', 'Write every buffer whole before it is read.'],
  'poisoned-buffers': [
    'NaN is lost, or stays behind',
    'Let NaN through, and write every buffer whole before it is read.',
  ],
  'results-stay': ['A result changes under the caller', 'Return a copy of the result.'],
  'inputs-stay': ['An input is changed', 'Copy the input, or work out of place.'],
  'default-outputs': [
    'Other values than the outputs of the graph are returned',
    'Without options.outputs return exactly graph.outputs.',
  ],
  'chosen-outputs': [
    'Outputs that were asked for are missing, or others are there',
    'Return exactly options.outputs: inner values and inputs too, each once.',
  ],
  views: [
    'Views into larger buffers are not respected',
    'Read data.subarray, or data.byteOffset and data.length, not data.buffer alone.',
  ],
  'two-programs': ['Programs are not apart from each other', 'Keep weights and buffers by program.'],
  'more-weights': ['Weights that the graph does not name are refused', 'Ignore weights that no node reads.'],
  memory: ['Memory use is not told in whole bytes', 'Return whole numbers of 0 or more; 0 where nothing is held.'],
  profile: [
    'The profile does not fit the graph or the declared capabilities',
    'Name nodes of the graph, joined by "+" where they ran as one; offer profile only where profiling is declared.',
  ],
  'outputs-own': [
    'An output shares memory with another, with the input, or with a result of another run',
    'Copy what is returned under two names, and return no array of the caller.',
  ],
  'weights-stay': ['The weights of the caller are changed', 'Fold and pack into arrays of your own.'],
  'repeatable/after-other-batches': [
    'How a sum is split depends on the runs before',
    'Choose kernels and tiles by the batch of the run alone, or do not declare deterministic.',
  ],
  'repeatable/second-program': [
    'The same network compiled again adds up in another order',
    'Choose kernels by shape and not by a measurement, or do not declare deterministic.',
  ],
  'leaks/programs': [
    'Programs that were disposed still hold memory',
    'Free weights and buffers in dispose, and forget the program in every cache.',
  ],
  'leaks/runs': ['Every run leaves memory behind', 'Free or give back the buffers of a run when it ends.'],
  'leaks/failures': [
    'What fails leaves memory behind, or does not fail',
    'Free in a finally block what was made before the error.',
  ],
  'dispose-while-running': [
    'Dispose does not wait for runs that are under way, and does not end them either',
    'Wait for them before anything is freed, or end them with disposed.',
  ],
  'abort-while-running': [
    'A run does not notice that it was cancelled, or the program is of no use afterwards',
    'Ask the signal between steps and before the result is returned.',
  ],
  'abort-while-compiling': [
    'A compilation does not notice that it was cancelled',
    'Ask the signal between steps and before the program is returned.',
  ],
  'lost-device': [
    'A lost device is not noticed, or not replaced',
    'Ask whether the device still lives before and after a run, throw device-lost, and open a new one in compile.',
  ],
  'dispose-twice': ['A program cannot be disposed twice', 'Let the second dispose do nothing.'],
  'leaks/programs': [
    'Programs leave memory behind when they are disposed',
    'Free every buffer of a program in its dispose, and what compiling it made.',
  ],
  'leaks/runs': ['Runs leave memory behind', 'Free the buffers of a run when it ends, or use them again.'],
  'leaks/failures': ['What was made before an error is not freed', 'Free it in a finally, in compile and in run.'],
  'dispose-while-running': [
    'A program that is disposed while it runs breaks its runs',
    'Let runs under way end before memory is freed, or end them with disposed.',
  ],
  'abort-while-running': [
    'A run that is cancelled does not end, or harms the next',
    'Ask the signal of this run again after every wait, and throw aborted.',
  ],
  'abort-while-compiling': [
    'A compilation that is cancelled does not end, or harms the next',
    'Ask the signal again after every wait, and throw aborted.',
  ],
  'lost-device': [
    'A lost device is not noticed',
    'Throw device-lost from programs of the lost device, and get a new one at the next compile.',
  ],
  'outputs-own': [
    'Outputs share memory with each other, with an input or with other runs',
    'Copy where two outputs are the same value.',
  ],
  'weights-stay': ['The weights of the caller are changed', 'Copy weights before they are rearranged or rounded.'],
  'repeatable/after-other-batches': [
    'Results depend on the batches that ran before',
    'Choose kernels and orders of addition by the shapes of this run alone.',
  ],
  'repeatable/second-program': [
    'The same network compiled again gives other bits',
    'Choose kernels by shape, not by measured time, or do not declare deterministic.',
  ],
};

const CHECK_FIRST = 'Check it before anything else, and throw an AlexNetError with this code.';

/** The cause that a failed behaviour check stands for. */
export function causeOfCheck(id: string, name: string): Cause {
  const slug = id.slice('behaviour/'.length);
  const [cause, fix] = fixes[slug] ?? [
    `This does not hold: ${name}`,
    slug.startsWith('errors/') ? CHECK_FIRST : 'Do as the check says.',
  ];
  return { id, cause, fix };
}
