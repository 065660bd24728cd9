import { createVariant, type Variant } from '@alexnet/core';
import { type NetworkOptions, pickNetwork } from './options.ts';

/** A variant by name, with the options of the command line. Errors: `unknown-name`, `invalid-input`. */
export function networkOf(id: string, options: NetworkOptions): Variant {
  return createVariant(id, pickNetwork(options));
}
