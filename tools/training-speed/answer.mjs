import { createInterface } from 'node:readline';

/**
 * Reads what to train, says `ready` or why not, and then, for each line, takes a step and says how many milliseconds it took.
 * @param {(task: { graph: any, batch: number }) => Promise<() => Promise<void>>} prepare
 */
export async function answer(prepare) {
  /** @type {(() => Promise<void>) | undefined} */
  let step;
  for await (const line of createInterface({ input: process.stdin })) {
    if (step === undefined) {
      try {
        step = await prepare(JSON.parse(line));
        console.log('ready');
      } catch (error) {
        console.log(error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error));
        return;
      }
      continue;
    }
    const begin = performance.now();
    await step();
    console.log(String(performance.now() - begin));
  }
}
