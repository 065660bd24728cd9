import { createRegistry } from '@alexnet/core';
import { providersHere } from '../engines/providers.ts';

addEventListener('message', () => {
  void createRegistry(providersHere())
    .probe()
    .then((found) => postMessage(found.map(({ provider, availability }) => ({ id: provider.id, ...availability }))));
});
