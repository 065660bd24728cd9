import type { BackendReport } from '@alexnet/conformance';

/** What became of one backend. */
export type Outcome =
  | { readonly kind: 'waits' }
  | { readonly kind: 'runs'; readonly label: string }
  | { readonly kind: 'judged'; readonly report: BackendReport }
  /** It broke, hung or is not here. */
  | { readonly kind: 'broke'; readonly text: string };

export function conforms({ summary }: BackendReport): boolean {
  return summary.failed === 0;
}
