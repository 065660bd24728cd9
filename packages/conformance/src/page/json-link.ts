import type { BackendReport } from '../report/report.ts';
import { element } from './element.ts';

/** A link that saves the report. The data lives as long as the page. */
export function jsonLink(report: BackendReport): HTMLElement {
  const blob = new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' });
  const file = `conformance-${report.backend.id.replace(/[^\w.-]+/g, '-')}.json`;
  return element(
    'p',
    { class: 'conformance-download' },
    element('a', { href: URL.createObjectURL(blob), download: file }, 'Download the report (JSON)'),
  );
}
