import { labelOf } from '../records.ts';
import type { Advice } from './advice.ts';
import type { Versus } from './versus.ts';

/**
 * Advice in one sentence: `Use webgpu here: 3.10 times as fast as onnx-web (2.90 to 3.40), and it conforms.` A ratio is called faster only where its
 * interval is above 1. `suite` says whether the conformance suite ran; without it only the benchmark's gate did.
 */
export function sentenceOf(
  { use, precision, runnerUp, peer, excluded }: Omit<Advice, 'sentence'>,
  { suite }: { readonly suite: boolean },
): string {
  const labels = use.map((candidate) => labelOf({ candidate, precision }));
  const [first, second] = labels;
  const proof = suite ? 'conforms' : 'gives what the oracle gives';
  if (first === undefined)
    return `No backend can be recommended: ${listed(excluded.map(({ candidate, reason }) => `${candidate} ${reason}`))}.`;
  if (second !== undefined) {
    const interval = runnerUp === undefined ? '' : ` (${first} beside ${runnerUp.than}: ${range(runnerUp)})`;
    return `${listed(labels)}: no difference shown${interval}; ${labels.length === 2 ? 'either' : 'any'} will do, ${labels.length === 2 ? 'both' : 'all'} ${suite ? 'conform' : 'give what the oracle gives'}${aside(first, peer)}.`;
  }
  if (runnerUp === undefined)
    return `Use ${first} here: no other backend was timed that may be used, and it ${proof}${aside(first, peer)}.`;
  return `Use ${first} here: ${times(runnerUp.ratio)} times as fast as ${runnerUp.than} (${range(runnerUp)}), and it ${proof}${aside(first, peer)}.`;
}

/** What a peer that is shown to be faster or slower does beside it. */
function aside(first: string, peer: Versus | undefined): string {
  if (peer === undefined) return '';
  const { than, ratio, ciLow, ciHigh } = peer;
  if (ciHigh < 1)
    return `; the peer ${than} is ${times(1 / ratio)} times as fast (${times(1 / ciHigh)} to ${times(1 / ciLow)})`;
  if (ciLow > 1) return `; ${first} is ${times(ratio)} times as fast as the peer ${than} (${range(peer)})`;
  return `; no difference to the peer ${than} is shown (${range(peer)})`;
}

function range({ ciLow, ciHigh }: Versus): string {
  return `${times(ciLow)} to ${times(ciHigh)}`;
}

/** Two decimals, and as many more as it takes not to read as 1. */
export function times(ratio: number): string {
  const digits = [2, 3, 4].find((count) => Number(ratio.toFixed(count)) !== 1) ?? 2;
  return ratio.toFixed(digits);
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
