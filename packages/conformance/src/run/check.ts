import type { Backend, BackendTesting, Capabilities } from '@alexnet/core';
import type { Verdict } from '../numerics/compare.ts';
import type { Check, EndToEnd } from '../report/report.ts';

/** One thing to check, on any backend. */
export interface CheckDefinition
  extends Pick<Check, 'id' | 'suite' | 'name' | 'why' | 'op' | 'precision' | 'variant' | 'image' | 'layer'> {
  /** Why a backend need not pass: it does not declare what is checked. */
  notDeclared?(capabilities: Capabilities, testing?: BackendTesting): string | undefined;
  /** A thrown error is a failure with its message. */
  run(backend: Backend, signal: AbortSignal): Promise<Verdict & { readonly endToEnd?: EndToEnd }>;
}
