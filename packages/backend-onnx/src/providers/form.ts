import type { GraphForm } from '../runtime/engine.ts';

/**
 * How graphs are written for a processor, as measured in docs/performance/onnx.md:
 * LRN as a convolution and element-wise steps, everywhere; linear layers as convolutions
 * on x64, where ONNX Runtime has a blocked layout for them.
 */
export function processorForm(processor: string | undefined): GraphForm {
  return { lrn: 'convolution', linear: processor === 'x64' ? 'convolution' : 'operator', passes: true };
}
