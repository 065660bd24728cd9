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
  const linear = processor === 'x64' ? 'convolution' : 'operator';
  return { convolution: 'operator', lrn: 'convolution', linear, stored, passes: true };
}

/** For ONNX Runtime's WebGPU provider, which has no LRN kernel, and convolutions that are wrong for some shapes. */
export const webGpuForm: GraphForm = {
  convolution: 'slices',
  lrn: 'convolution',
  linear: 'operator',
  stored: allRestored,
  passes: true,
};
