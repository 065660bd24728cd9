import { answer } from '../../classify/link/answer.ts';
import type { Asking } from '../../classify/link/link.ts';
import { type HeadTask, type TaughtHead, type TeachProgress, teachHead } from './teach-head.ts';

/*
 * Trains one head, and is ended by the page then, or earlier when it is cancelled.
 */

const answers = {
  teach: (task: HeadTask, { tell }: Asking<TeachProgress>): Promise<TaughtHead> => teachHead(task, tell),
};

export type TeachAnswers = typeof answers;

answer(answers);
