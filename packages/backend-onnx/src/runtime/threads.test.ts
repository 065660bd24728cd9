import { afterEach, describe, expect, it, vi } from 'vitest';
import { wasmThreads } from './threads.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('threads of WebAssembly', () => {
  it('are one in a page that is not cross-origin isolated, which holds it back and can be changed', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    const { threads, note, hindrances } = wasmThreads(4);
    expect(threads).toBe(1);
    expect(hindrances).toEqual([
      {
        reason: expect.stringContaining('not cross-origin isolated'),
        fix: expect.stringContaining('Cross-Origin-Opener-Policy'),
      },
    ]);
    expect(note).toBe(`${hindrances![0]!.reason} ${hindrances![0]!.fix}`);
  });

  it('are as many as asked elsewhere, and nothing holds them back', () => {
    expect(wasmThreads(4)).toEqual({ threads: 4, note: '4 threads, as asked.' });
  });
});
