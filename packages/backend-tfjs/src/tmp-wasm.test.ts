import { runConformance } from '@alexnet/conformance';
import { it } from 'vitest';
import { provider } from './tmp-wasm-provider.ts';
it('x', async () => {
  const backend = await provider.create({ threads: 2 });
  for (const suite of (process.env['SUITES'] ?? 'op,property,behaviour').split(',') as any) {
    const t = performance.now();
    const { checks, summary } = await runConformance({ backend, suites: [suite] });
    console.log(suite, checks.length, 'passed', summary.passed, 'failed', summary.failed, `${(performance.now() - t).toFixed(0)} ms`);
    for (const c of checks) if (c.status === 'failed') console.log(c.id, c.reason);
    console.log(summary.skipped.map((s) => `${s.reason} ${s.tests.length}`).join('\n'));
    console.log(checks.toSorted((a, b) => b.ms - a.ms).slice(0, 6).map((c) => `${c.id} ${c.ms.toFixed(0)}`).join('\n'));
  }
  await backend[Symbol.asyncDispose]();
}, 600000);
