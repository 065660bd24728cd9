import * as v from 'valibot';
import { benchmarkReport } from './benchmark-schema.ts';
import { jsonOf } from './json.ts';
import { createLineReader, type ReadBenchmark } from './line-reader.ts';
import { surveySchema } from './survey.ts';
import { validated } from './validated.ts';

/**
 * Reads a benchmark in any form it is kept in: a whole report, a survey, of which it takes the benchmark, or the lines that `alexnet bench --json` prints.
 * `content` is text, or what was parsed of it already. Errors: `invalid-file`, with what is wrong, where and what to do; `where` names the file.
 */
export function parseBenchmark(content: unknown, where = 'benchmark'): ReadBenchmark {
  if (typeof content !== 'string') return wholeOf(content, where);
  if (!isLines(content)) return wholeOf(jsonOf(content, where), where);
  const reader = createLineReader(where);
  for (const line of content.split('\n')) reader.line(line);
  return reader.end();
}

function wholeOf(value: unknown, where: string): ReadBenchmark {
  if (has(value, v.object({ schema: v.pipe(v.string(), v.startsWith('alexnet-survey/')) })))
    return { report: validated(surveySchema, value, { schema: 'alexnet-survey/1', where }).benchmark, problems: [] };
  return { report: validated(benchmarkReport, value, { schema: 'alexnet-benchmark/1', where }), problems: [] };
}

/** Whether the first line is an object of its own, and no whole report. */
function isLines(content: string): boolean {
  const [first = ''] = content.trimStart().split('\n', 1);
  try {
    const value: unknown = JSON.parse(first);
    return has(value, v.object({ record: v.string() })) || !has(value, v.object({ schema: v.string() }));
  } catch {
    return false;
  }
}

function has(value: unknown, schema: v.GenericSchema): boolean {
  return v.is(schema, value);
}
