import { plotStyle } from '@alexnet/report';

let sheet: CSSStyleSheet | undefined;

/** Gives the plots of `@alexnet/report` their look, once, and nothing else on the page. A `style` element would need a hole in the content policy. */
export function putPlotStyle(): void {
  if (sheet !== undefined) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(`.markup { ${plotStyle} }`);
  document.adoptedStyleSheets.push(sheet);
}
