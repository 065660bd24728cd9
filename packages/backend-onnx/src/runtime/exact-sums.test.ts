import { describe, expect, it } from 'vitest';
import { importNative, nativeEngine } from '../providers/node.ts';
import type { Engine } from './engine.ts';
import { withExactSums } from './exact-sums.ts';

/** Native ONNX Runtime, whose results another function changes. */
async function engine(change: (sum: number) => number): Promise<Engine> {
  const runtime = await importNative();
  const create: Engine['runtime']['InferenceSession']['create'] = async (model, options) => {
    const session = await runtime.InferenceSession.create(model, options);
    return {
      release: () => session.release(),
      async run(feeds, fetches) {
        const { y } = await session.run(feeds, fetches);
        return { y: { dims: y!.dims, data: (y!.data as Float32Array).map(change) } };
      },
    };
  };
  return nativeEngine({ ...runtime, InferenceSession: { create } }, 'cpu', 1);
}

describe('sums of whole numbers', () => {
  it('are widened where the engine does not add them exactly: 16 bits hold 32767', async () => {
    const saturating = await engine((sum) => (sum / (2 * 255 * 127)) * 32767);
    const { session } = await withExactSums(saturating);
    expect(session).toEqual({ ...saturating.session, extra: { session: { x64quantprecision: '1' } } });
  });

  it('are left alone where it does: widening takes time', async () => {
    const exact = await engine((sum) => sum);
    // here: or this processor is one without 8-bit dot products, and the check above is the one that counts
    const { session } = await withExactSums(await engine(() => 64 * 255 * 127));
    expect(session).toEqual(exact.session);
  });
});
