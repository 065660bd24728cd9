import type { Host } from '@alexnet/benchmark';
import { disposeBackends } from '@alexnet/benchmark';
import type { Probed } from '@alexnet/core';
import { type Backend, throwIfAborted } from '@alexnet/core';
import { findTests } from './find-tests.ts';
import { type Judged, judgeExpected, judgeTest, prepare } from './judge-test.ts';
import { readTest } from './read-test.ts';

/** Tests that are none of ours, for one reason. */
export interface NotApplicable {
  readonly reason: string;
  readonly tests: readonly string[];
}

/** What ONNX's tests found, as plain data. */
export interface OnnxTestsReport {
  /** How many tests there are, of ours and not. */
  readonly found: number;
  readonly applicable: readonly string[];
  /** The most common reason first. A test with several counts once: an operator that we lack comes before how another is used. */
  readonly notApplicable: readonly NotApplicable[];
  /** Tests whose expected output is further from the oracle than a correct kernel may be. */
  readonly expectedOff: readonly { readonly test: string; readonly reason: string }[];
  readonly backends: readonly { readonly backend: string; readonly results: readonly Judged[] }[];
}

export interface OnnxTestsPlan {
  /** A test, or a folder of them. */
  readonly folder: string;
  readonly backends: readonly Probed[];
  readonly threads?: number;
}

/**
 * Runs ONNX's own tests, as far as our graphs can express them, on every backend. Each result is written as a JSON line when it is there.
 * Errors: `invalid-file` for a folder without tests and for damaged files, `aborted`.
 */
export async function runOnnxTests({ folder, backends, threads }: OnnxTestsPlan, host: Host): Promise<OnnxTestsReport> {
  const { signal, progress, json } = host;
  const found = await findTests(folder);
  const reasons = new Map<string, string[]>();
  const applicable: string[] = [];
  const expectedOff: { test: string; reason: string }[] = [];
  const opened: { readonly backend: Backend; readonly results: Judged[] }[] = [];
  try {
    for (const { provider } of backends) {
      const backend = await provider.create(threads === undefined ? {} : { threads });
      opened.push({ backend, results: [] });
    }
    for (const [index, entry] of found.entries()) {
      throwIfAborted(signal, 'conform');
      progress.update(entry.name, index, found.length);
      const read = await readTest(entry, signal);
      if (!read.applies) {
        const reason = foremost(read.reasons);
        reasons.set(reason, [...(reasons.get(reason) ?? []), entry.name]);
        json({ test: entry.name, status: 'not applicable', reasons: read.reasons });
        continue;
      }
      for (const test of read.tests) {
        applicable.push(test.name);
        const prepared = prepare(test);
        const off = await judgeExpected(prepared, signal);
        if (off !== undefined) expectedOff.push({ test: test.name, reason: off });
        for (const { backend, results } of opened) {
          const judged = await judgeTest(prepared, backend, signal);
          results.push(judged);
          json({ backend: backend.id, ...judged });
        }
      }
    }
  } finally {
    await disposeBackends(
      opened.map(({ backend }) => backend),
      (text) => host.note?.(text),
    );
  }
  const notApplicable = [...reasons]
    .map(([reason, tests]) => ({ reason, tests }))
    .toSorted((a, b) => b.tests.length - a.tests.length || (a.reason < b.reason ? -1 : 1));
  return {
    found: found.length,
    applicable,
    notApplicable,
    expectedOff,
    backends: opened.map(({ backend, results }) => ({ backend: backend.id, results })),
  };
}

function foremost(reasons: readonly string[]): string {
  return reasons.find(isForeign) ?? reasons[0]!;
}

/** Whether a reason names an operator of which we have nothing. There are hundreds of them. */
export function isForeign(reason: string): boolean {
  return reason.endsWith(' is none of our operators');
}
