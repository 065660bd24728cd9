import type { CheckpointFile, CheckpointFormat } from '../checkpoint-file.ts';
import type { Candidate } from './candidates.ts';
import { sameOps } from './same-ops.ts';

/** Something about a file that tells networks apart which have the same tensors. */
interface Clue {
  /** For people. */
  readonly what: string;
  /** Whether a candidate is what the clue points to. */
  points(candidate: Candidate, file: CheckpointFile): boolean;
}

/** What networks are called in their files. */
const netNames: Readonly<Record<string, string>> = { AlexNet: 'bvlc-alexnet', CaffeNet: 'caffenet' };

/** The network that came in files with these names. */
const byConvention: Readonly<Record<string, string>> = {
  torchvision: 'torchvision',
  'onnx-zoo': 'onnx-zoo',
  kratzert: 'kratzert',
};

/** The network that came in files of this format. */
const byFormat: Partial<Record<CheckpointFormat, string>> = {
  pytorch: 'torchvision',
  'deep-compression': 'bvlc-alexnet',
};

/** The surest first. One that points to none of the candidates says nothing. */
const clues: readonly Clue[] = [
  {
    what: 'the file names it',
    points: ({ variant: { id } }, { metadata }) => nameKeys.some((key) => metadata[key] === id),
  },
  {
    what: 'the file computes in its order',
    points: ({ variant: { graph } }, { ops }) => ops !== undefined && sameOps(graph, ops),
  },
  {
    what: 'the network has its name',
    points: ({ variant: { id } }, { format, metadata }) =>
      format === 'caffe' && nameKeys.some((key) => netNames[metadata[key] ?? ''] === id),
  },
  {
    what: 'its tensors have such names',
    points: ({ variant: { id }, fit }) => byConvention[fit.convention] === id,
  },
  {
    what: 'it was published in this format',
    points: ({ variant: { id } }, { format }) => byFormat[format] === id,
  },
];

const nameKeys = ['variant', 'name', 'graph'];

export interface Narrowed {
  readonly candidates: readonly Candidate[];
  /** What was decisive, for people. */
  readonly evidence: readonly string[];
}

/** Leaves those candidates to which the clues point. */
export function followClues(all: readonly Candidate[], file: CheckpointFile): Narrowed {
  let candidates = all;
  const evidence: string[] = [];
  for (const { what, points } of clues) {
    if (candidates.length < 2) break;
    const left = candidates.filter((candidate) => points(candidate, file));
    if (left.length === 0 || left.length === candidates.length) continue;
    candidates = left;
    evidence.push(what);
  }
  return { candidates, evidence };
}
