import { describe, expect, it } from 'vitest';
import { toJUnit } from './junit.ts';
import type { BackendReport, Check } from './report.ts';

const check = (given: Partial<Check>): Check => ({
  id: 'op/lrn/caffe/random',
  suite: 'op',
  name: 'lrn agrees',
  why: 'alpha',
  status: 'passed',
  ms: 1234.5,
  ...given,
});

const report = (...checks: readonly Check[]): BackendReport => ({
  backend: {
    id: 'mine',
    environment: { engine: 'loops', device: 'CPU', threads: 1, fallback: false, notes: ['a "b"'] },
  },
  checks,
  endToEnd: [],
  summary: { passed: 0, failed: 0, skipped: [] },
  ms: 2000,
});

describe('JUnit', () => {
  it('has a suite per backend and part, which count, with times in seconds', () => {
    const xml = toJUnit([
      report(
        check({}),
        check({
          id: 'op/lrn/even/random',
          status: 'failed',
          reason: '3 of 9 elements are wrong',
          maxRatio: 'Infinity',
          diagnosis: {
            cause: { id: 'lrn/alpha-not-divided', cause: 'alpha is not divided by size', fix: 'Divide it.' },
            alternatives: [],
          },
        }),
        check({
          id: 'behaviour/views',
          suite: 'behaviour',
          status: 'skipped',
          reason: 'no views',
          issue: 'https://x/1',
        }),
      ),
    ]);
    expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="conformance" tests="3" failures="1" skipped="1" time="2.000">
  <testsuite name="mine.op" tests="2" failures="1" skipped="0" errors="0" time="2.469">
    <properties>
      <property name="engine" value="loops"/>
      <property name="device" value="CPU"/>
      <property name="threads" value="1"/>
      <property name="notes" value="a &quot;b&quot;"/>
    </properties>
    <testcase classname="mine.op" name="op/lrn/caffe/random" time="1.234"/>
    <testcase classname="mine.op" name="op/lrn/even/random" time="1.234"><failure type="op" message="3 of 9 elements are wrong">Must hold: lrn agrees
Checked because: alpha
Found: 3 of 9 elements are wrong
Most likely: alpha is not divided by size
Fix: Divide it.
Error over budget: Infinity</failure></testcase>
  </testsuite>
  <testsuite name="mine.behaviour" tests="1" failures="0" skipped="1" errors="0" time="1.234">
    <properties>
      <property name="engine" value="loops"/>
      <property name="device" value="CPU"/>
      <property name="threads" value="1"/>
      <property name="notes" value="a &quot;b&quot;"/>
    </properties>
    <testcase classname="mine.behaviour" name="behaviour/views" time="1.234"><skipped message="no views (https://x/1)"/></testcase>
  </testsuite>
</testsuites>
`);
  });

  it.each([
    {
      what: 'markup',
      reason: `<b a='1'>&amp;</b> ]]>`,
      message: '&lt;b a=&apos;1&apos;&gt;&amp;amp;&lt;/b&gt; ]]&gt;',
    },
    { what: 'lines', reason: 'a\nb\tc\rd', message: 'a&#10;b&#9;c&#13;d' },
    { what: 'control characters', reason: 'a\u0000b\u001B[31mc\u0085d', message: 'a\\u{0}b\\u{1b}[31mc\\u{85}d' },
    { what: 'what is no character', reason: '\uD800x\uFFFE\uFFFF', message: '\\u{d800}x\\u{fffe}\\u{ffff}' },
    { what: 'characters beyond 16 bits', reason: '\u{1F600}', message: '\u{1F600}' },
  ])('escapes $what', ({ reason, message }) => {
    const xml = toJUnit([report(check({ status: 'failed', reason }))]);
    expect(/message="([^"]*)"/.exec(xml)?.[1]).toBe(message);
  });

  it('of nothing is a document without suites', () => {
    expect(toJUnit([])).toContain('tests="0" failures="0" skipped="0" time="0.000"');
  });
});
