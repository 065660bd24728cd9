import type { StoredForms } from '../model/linear.ts';
import type { GraphForm } from '../runtime/engine.ts';

/** Stored weights become float32 when the model is built. */
export const allRestored: StoredForms = { f16: 'restored', q8: 'restored', q4: 'restored' };

/**
 * How graphs are written for a processor, as measured in docs/performance/onnx.md:
 * LRN as a convolution and element-wise steps, everywhere; linear layers as convolutions
 * on x64, where ONNX Runtime has a blocked layout for them.
 */
export function processorForm(processor: string | undefined): GraphForm {
  const stored: StoredForms = processor === 'wasm' ? allRestored : { f16: 'restored', q8: 'fixedPoint', q4: 'blocks' };
  return { lrn: 'convolution', linear: processor === 'x64' ? 'convolution' : 'operator', stored, passes: true };
}
