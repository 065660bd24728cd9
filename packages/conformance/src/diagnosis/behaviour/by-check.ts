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
  'leaks/programs': ['A program that is disposed leaves memory behind', 'Free in dispose all that compile made.'],
  'leaks/runs': ['Runs leave memory behind', 'Free or use again what a run makes, also when the batch changes.'],
  'leaks/failures': [
    'Compilations or runs that fail leave memory behind',
    'Free in a finally block what was made before the error.',
  ],
  memory: ['Memory use is not told in whole bytes', 'Return whole numbers of 0 or more; 0 where nothing is held.'],
  profile: [
    'The profile does not fit the graph or the declared capabilities',
    'Name nodes of the graph, joined by "+" where they ran as one; offer profile only where profiling is declared.',
  ],
  'outputs-own': ['Outputs share memory with each other, the input or other runs', 'Return a copy of each output.'],
  'weights-stay': ["The caller's weights are changed", 'Copy them, or lay them out elsewhere.'],
  'repeatable/after-other-batches': [
    'Results depend on the batches that ran before',
    'Choose kernels, tiles and splits by the graph and the batch of the run, not by what ran before; or do not declare deterministic.',
  ],
  'repeatable/second-program': [
    'The same network, compiled again, gives other bits',
    'Choose kernels by the graph, not by measured times; or do not declare deterministic.',
  ],
  'dispose-while-running': [
    'Disposing of a program disturbs the runs that are under way',
    'Let dispose wait for them, or end them with code disposed.',
  ],
  'abort-while-running': [
    'A cancelled run does not end as it should, or spoils the next',
    'Look at the signal between steps, throw code aborted, and give back what the run held.',
  ],
  'abort-while-compiling': [
    'A cancelled compilation does not end as it should, or spoils the next',
    'Look at the signal after each await, throw code aborted, and give back what was allocated.',
  ],
  'lost-device': [
    'A lost device is not told, or stays lost',
    'Reject runs under way with code device-lost, and get a new device at the next compile.',
  ],
  'dispose-twice': ['A program cannot be disposed twice', 'Let the second dispose do nothing.'],
};

const CHECK_FIRST = 'Check it before anything else, and throw an AlexNetError with this code.';

/** The cause that a failed behaviour check stands for. */
export function causeOfCheck(id: string, name: string): Cause {
  const slug = id.slice('behaviour/'.length);
  const [cause, fix] = fixes[slug] ?? [
    `This does not hold: ${name}`,
    slug.startsWith('errors/') ? CHECK_FIRST : 'See the reason of the check.',
  ];
  return { id, cause, fix };
}
