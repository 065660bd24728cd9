import type { Html } from '@alexnet/report';

/** Markup of `@alexnet/report`, whose `html` escapes every text that is put into it: nothing else may come here. */
export function Markup({ of }: { readonly of: Html }) {
  return <div class="markup" dangerouslySetInnerHTML={{ __html: of.markup }} />;
}
