import { failureOf } from './failure.ts';
import type { Answered, Answers, Asked } from './link.ts';

/** Answers what the page asks of this worker, one question after the other: two at once would need the memory of two. */
export function answer<News>(answers: Answers<News>): void {
  const reply = (answered: Answered, move: readonly Transferable[] = []) =>
    postMessage(answered, { transfer: [...move] });
  const answerOne = async ({ id, name, question }: Asked) => {
    const buffers: Transferable[] = [];
    try {
      const result = await answers[name]!(question as never, {
        tell: (news) => reply({ id, news }),
        move: (...more) => void buffers.push(...more),
      });
      reply({ id, answer: result }, buffers);
    } catch (error) {
      reply({ id, failure: failureOf(error) });
    }
  };
  let turn = Promise.resolve();
  addEventListener('message', ({ data }: MessageEvent<Asked>) => {
    turn = turn.then(() => answerOne(data));
  });
}
