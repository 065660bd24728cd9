import {
  type BackendReport,
  type Check,
  findingsOf,
  firstWrongLayers,
  firstWrongLayerText,
} from '@alexnet/conformance';
import { type Html, html } from './html.ts';
import { errorMapPlot } from './plots/error-map.ts';

/** Maps take room: of so many failed checks at most. */
const MOST_MAPS = 24;

/** What a backend fails: causes with their fixes, the first wrong layer of networks, then every check with a map of its errors. */
export function failures({ backend, checks }: BackendReport): Html {
  const failed = checks.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return html``;
  const layersFirst = [...failed.filter(({ layer }) => layer !== undefined), ...failed];
  const mapped = new Set(layersFirst.slice(0, MOST_MAPS));
  return html`<h2>What ${backend.id} fails</h2>
${causes(checks)}${layers(checks)}<table class="failures"><thead><tr><th>check</th><th>must hold</th><th>found</th></tr></thead><tbody>
${failed.map((check) => row(check, mapped.has(check)))}</tbody></table>`;
}

function causes(checks: readonly Check[]): Html {
  const findings = findingsOf(checks);
  if (findings.length === 0) return html``;
  return html`<ul class="causes">${findings.map(
    ({ cause, checks: explained }) =>
      html`<li><b>${cause.cause}</b> <span class="note">(${cause.id}; explains ${explained.length} of the failed checks)</span><br>Fix: ${cause.fix}</li>`,
  )}</ul>`;
}

function layers(checks: readonly Check[]): Html {
  const first = firstWrongLayers(checks);
  if (first.length === 0) return html``;
  return html`<ul>${first.map(
    (layer) =>
      html`<li>${layer.variant}${layer.precision === undefined ? '' : ` ${layer.precision}`} on ${layer.image}: <b>${firstWrongLayerText(layer)}</b></li>`,
  )}</ul>`;
}

function row({ id, name, reason, diagnosis }: Check, withMap: boolean): Html {
  return html`<tr><td>${id}</td><td>${name}</td><td>${reason ?? ''}${why(diagnosis)}${
    withMap && diagnosis?.errors !== undefined
      ? html`<details open><summary>Where</summary>${errorMapPlot(id, diagnosis.errors)}</details>`
      : ''
  }</td></tr>`;
}

function why(diagnosis: Check['diagnosis']): Html {
  const { cause, alternatives = [], pattern } = diagnosis ?? {};
  if (cause === undefined) return pattern === undefined ? html`` : html`<p class="note">${pattern}</p>`;
  const others =
    alternatives.length === 0 ? '' : ` Explained as well by: ${alternatives.map((other) => other.cause).join('; ')}.`;
  return html`<p><b>${cause.cause}.</b> Fix: ${cause.fix}</p>${others === '' ? '' : html`<p class="note">${others}</p>`}`;
}
