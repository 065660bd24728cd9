import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter } from 'vitest/node';

/** What one package's tests did. */
export interface Report {
  passed: number;
  /** Names. */
  readonly failed: string[];
  readonly skipped: { readonly name: string; readonly reason: string }[];
}

/** Where a package's report is, relative to its folder; an output of the `test` task in turbo.json. */
export const reportFile = '.vitest/report.json';

/**
 * Writes what a package's tests did to a file that turbo caches with the task, so that a cached run is counted too.
 * A test file that fails to load counts as one failure, and so does each error outside of a test.
 */
export function countingReporter(): Reporter {
  let root = '';
  return {
    onInit(vitest) {
      root = vitest.config.root;
    },
    onTestRunEnd(modules, errors) {
      const report: Report = { passed: 0, failed: [], skipped: [] };
      for (const { message } of errors) report.failed.push(`outside of a test: ${firstLine(message)}`);
      for (const module of modules) {
        for (const { message } of module.errors())
          report.failed.push(`${module.relativeModuleId}: ${firstLine(message)}`);
        for (const test of module.children.allTests()) {
          const name = `${module.relativeModuleId}: ${test.fullName}`;
          const result = test.result();
          if (result.state === 'passed') report.passed += 1;
          else if (result.state === 'skipped') report.skipped.push({ name, reason: result.note ?? '' });
          else report.failed.push(name);
        }
      }
      const file = join(root, reportFile);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    },
  };
}

function firstLine(message: string): string {
  return stripVTControlCharacters(message).split('\n')[0] ?? '';
}
