import { AlexNetError } from '../../../error.ts';
import { addressOf } from './address.ts';
import { type AttemptOptions, attempt, type Progress } from './attempt.ts';
import type { Sink } from './sink.ts';
import { sleep } from './sleep.ts';

/** What an attempt must bring to count as one that did not fail: a server that cuts every connection cannot keep us for ever. */
const PROGRESS_BYTES = 65_536;

/**
 * Fetches a file into a sink: goes on where a connection was cut, starts again where the server cannot, and pauses in between.
 * That the bytes are the right ones is for the caller to check.
 * Errors: `network` (with what the server or the network said), `invalid-file` (the server has another file), `aborted`.
 */
export async function fetchFile(url: URL, sink: Sink, options: AttemptOptions): Promise<Uint8Array> {
  const { network, signal } = options;
  const progress: Progress = { sink, etag: null, where: addressOf(url) };
  let best = 0;
  for (let failures = 0; ; ) {
    const ended = await attempt(url, progress, options);
    if (ended.kind === 'done') return sink.bytes();
    failures = sink.length >= best + PROGRESS_BYTES ? 1 : failures + 1;
    best = Math.max(best, sink.length);
    const { longestPauseMs, random } = network;
    const asked = ended.retryAfterMs ?? 0;
    const tooLong = asked > longestPauseMs;
    if (failures > network.retries || tooLong) {
      const advice = tooLong
        ? `Try again in ${Math.ceil(asked / 1000)} s.`
        : 'Check the connection and the server, and try again.';
      const times = failures > 1 ? `, ${failures} times in a row` : '';
      throw new AlexNetError({
        code: 'network',
        message: `The download failed: ${ended.reason}${times}`,
        where: progress.where,
        fix: advice,
      });
    }
    const growing = Math.min(longestPauseMs, network.pauseMs * 2 ** (failures - 1));
    await sleep(Math.max(asked, (growing * (1 + random())) / 2), signal, progress.where);
  }
}
