import { MAX_MANIFEST_BYTES } from '../../native/limits.ts';
import { MANIFEST_FILE } from '../../native/manifest.ts';
import { addressOf } from '../http/address.ts';
import { fetchFile } from '../http/fetch-file.ts';
import type { Network } from '../http/network-options.ts';
import { fixedSink, growingSink } from '../http/sink.ts';
import type { Origin } from './origin.ts';

/**
 * A folder on a server, by its address (with a slash at the end) or that of its manifest. Shards are beside the manifest as it was asked
 * for, wherever a redirect leads.
 */
export function httpOrigin(address: URL, network: Network): Origin {
  const manifest = new URL(address);
  manifest.hash = '';
  if (manifest.pathname.endsWith('/')) manifest.pathname += MANIFEST_FILE;
  return addressesOrigin(
    manifest,
    (file) => new URL(file.split('/').map(encodeURIComponent).join('/'), manifest),
    network,
  );
}

/** Files on servers, each by an address of its own. */
export function addressesOrigin(manifest: URL, urlOf: (file: string) => URL, network: Network): Origin {
  return {
    name: addressOf(manifest),
    remote: true,
    nameOf: ({ file }) => addressOf(urlOf(file)),
    manifest: (signal) =>
      fetchFile(manifest, growingSink(MAX_MANIFEST_BYTES, addressOf(manifest)), { network, signal }),
    async shard({ file, bytes }, { memory, onBytes, fresh, signal }) {
      const sink = fixedSink(bytes, memory);
      return fetchFile(urlOf(file), sink, { network, signal, fresh, onBytes: () => onBytes(sink.length) });
    },
  };
}
