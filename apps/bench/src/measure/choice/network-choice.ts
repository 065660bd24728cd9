/** How large the networks are that are measured. */
export const networkChoices = {
  quick: {
    title: 'Quick: a quarter of the width',
    hint: 'The same layers with a sixteenth of the work: about half a minute for each backend.',
  },
  published: {
    title: 'As published: full size',
    hint: 'Some minutes for each backend and about 1 GB of memory; 244 MB of weights are made here, not downloaded.',
  },
} as const;

export type NetworkChoice = keyof typeof networkChoices;
