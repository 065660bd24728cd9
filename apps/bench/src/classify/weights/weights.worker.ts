import { answer } from '../link/answer.ts';
import type { Asking } from '../link/link.ts';
import type { Network } from '../network.ts';
import { defaultWeights } from './default-weights.ts';
import type { GivenFile } from './given-file.ts';
import type { Progress } from './progress.ts';
import { type Read, readFiles } from './read-files.ts';
import { buffersOf, shared } from './share.ts';

/*
 * Reads one set of weights, and is ended by the page then: what a reader needed besides the weights is gone with it, also when it is
 * cancelled, or when a file makes it break down.
 */

export interface Wanted {
  readonly files: readonly GivenFile[];
  /** The id of the network; default: what the files say. */
  readonly variant?: string | undefined;
}

const answers = {
  async read({ files, variant }: Wanted, { tell, move }: Asking<Progress>): Promise<Read> {
    const read = await readFiles(files, { variant, onProgress: tell });
    return read.kind === 'network' ? { ...read, network: handedOver(read.network, move) } : read;
  },

  async start(_: undefined, { tell, move }: Asking<Progress>): Promise<Network> {
    return handedOver(await defaultWeights(tell), move);
  },
};

export type WeightsAnswers = typeof answers;

answer(answers);

function handedOver(network: Network, move: Asking<Progress>['move']): Network {
  const weights = shared(network.weights);
  move(...buffersOf(weights));
  return { ...network, weights };
}
