import { alteredBackend } from '../self-test/altered-backend.ts';
import { conformanceTests } from '../vitest.ts';
import { network } from './small-network.ts';

/*
 * Tests as a backend author registers them; `vitest.test.ts` runs this file and looks at what comes out. LRN is wrong, NaN is not promised.
 */

const backend = () =>
  alteredBackend({
    node: ({ node, evaluate }) =>
      node.op === 'lrn' ? { ...evaluate(), data: evaluate().data.map(() => 7) } : undefined,
    capabilities: { profiling: false, deterministic: false },
  });

conformanceTests({
  name: 'a backend with a wrong LRN',
  // an error in `afterAll` shows that it was called
  create: () => ({ ...backend(), [Symbol.asyncDispose]: () => Promise.reject(new Error('disposed')) }),
  networks: [network],
  select: ['op/lrn/caffe/random', 'op/relu/*', 'op/softmax/*', 'behaviour/repeatable', 'network/small/one/*'],
  skips: [
    { reason: 'LRN has no kernel yet', tests: ['op/lrn/*'] },
    { reason: 'was wrong once', tests: ['op/softmax/*'] },
  ],
});

conformanceTests({
  provider: {
    id: 'absent',
    probe: async () => ({ available: false, detail: 'There is no such device' }),
    create: () => Promise.reject(new Error('must not be asked')),
  },
  select: ['op/relu/*'],
});

/** A provider that needs its `this`. */
class Provider {
  readonly id = 'a class';
  readonly #backend = backend();
  async probe() {
    return { available: true, detail: this.id };
  }
  async create() {
    return this.#backend;
  }
}

conformanceTests({ provider: new Provider(), select: ['op/relu/one/*'] });

conformanceTests({
  name: 'what is no backend',
  create: () => ({ id: 'nothing' }) as never,
  select: ['behaviour/memory'],
});
