import { loadWeights } from '@alexnet/core/files';
import { cifar10Weights } from '@alexnet/weights-cifar10';
import type { Network } from '../network.ts';
import { DEFAULT_NAME } from './default-name.ts';
import { nativeNetwork } from './native-network.ts';
import type { Progress } from './progress.ts';

/** The network that the page starts with: trained by this project, 4 MB. */
export async function defaultWeights(onProgress?: (progress: Progress) => void): Promise<Network> {
  const loaded = await loadWeights(cifar10Weights, {
    onProgress: ({ loaded: done, total }) => onProgress?.({ done, total }),
  });
  const network = nativeNetwork(loaded, { name: DEFAULT_NAME });
  const classes = network.labels!.join(', ');
  return { ...network, warnings: [`It knows ${classes}, and takes everything for one of these.`] };
}
