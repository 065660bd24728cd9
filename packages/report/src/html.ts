/** Markup that is safe to put into a page. Only `html` and the plots make it. */
export interface Html {
  readonly markup: string;
}

type Piece = Html | string | number | readonly Piece[];

/** Text in a template is markup; what is put into it is escaped, unless it is markup itself. Works for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { markup: strings.map((text, i) => text + (i < pieces.length ? toMarkup(pieces[i]!) : '')).join('') };
}

function toMarkup(piece: Piece): string {
  if (typeof piece === 'string' || typeof piece === 'number') return escapeText(String(piece));
  return 'markup' in piece ? piece.markup : piece.map(toMarkup).join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

type Rows = readonly (readonly (string | number)[])[];

/** A table; the first cell of a row names it. One that is too wide for the screen is moved in its own frame, with the keyboard too. */
export function grid(columns: readonly string[], rows: Rows): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table of ${columns.join(', ')}"><table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([name = '', ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** A table with the numbers of a plot; folded away, so that the page stays a picture. */
export function numbers(columns: readonly string[], rows: Rows): Html {
  return html`<details><summary>Numbers</summary>${grid(columns, rows)}</details>`;
}
