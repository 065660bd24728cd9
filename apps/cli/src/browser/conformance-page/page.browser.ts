import { toJUnit } from '@alexnet/conformance';
import { runInPage } from '@alexnet/conformance/page';
import { alteredBackend } from '@alexnet/conformance/self-test';
import { referenceProvider, type Tensor } from '@alexnet/core';

/*
 * What a backend author's page does, for `conformance-page.test.ts`.
 */

const select = ['op/relu/*', 'op/lrn/*', 'behaviour/memory'];
const place = () => document.querySelector('main')!;

const wrongLrn = () =>
  alteredBackend({
    node: ({ node, evaluate }): Tensor | undefined =>
      node.op === 'lrn' ? { ...evaluate(), data: evaluate().data.map(() => 7) } : undefined,
  });

const scenarios = {
  async right() {
    const heard: string[] = [];
    const element = place();
    new MutationObserver(() => heard.push(element.querySelector('progress')?.getAttribute('value') ?? '')).observe(
      element,
      { subtree: true, childList: true, attributes: true },
    );
    const { summary } = await runInPage({ backend: referenceProvider(), element, select });
    return { summary, heard };
  },
  /** The report as JUnit, read by the browser's own parser of XML. */
  async wrong() {
    const report = await runInPage({
      backend: { ...wrongLrn(), id: 'mine <b>' },
      element: place(),
      select,
      skips: [{ reason: 'control \u0000 & <characters> "\n', tests: ['op/lrn/caffe/random'] }],
    });
    const xml = new DOMParser().parseFromString(toJUnit([report]), 'application/xml');
    return {
      summary: report.summary,
      parserErrors: xml.querySelectorAll('parsererror').length,
      cases: xml.querySelectorAll('testcase').length,
      failures: xml.querySelectorAll('failure').length,
      skipped: xml.querySelector('skipped')?.getAttribute('message'),
    };
  },
  async absent() {
    const backend = { ...referenceProvider(), create: () => Promise.reject(new Error('There is no <GPU>')) };
    return runInPage({ backend, element: place() }).then(
      () => 'done',
      (error: Error) => error.message,
    );
  },
};

export type Scenarios = typeof scenarios;
Object.assign(globalThis, { scenarios });
