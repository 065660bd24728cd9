import type { GraphForm } from '../runtime/engine.ts';

/**
 * How graphs are written for a processor (all measured, docs/performance/onnx.md):
 * - LRN as a convolution and element-wise steps, everywhere;
 * - linear layers as convolutions on x64, where ONNX Runtime has a blocked layout for them;
 * - four images per thread at a time, so that what one step leaves in the caches the next one finds there.
 */
export function processorForm(threads: number, processor: string | undefined): GraphForm {
  return {
    lrn: 'convolution',
    linear: processor === 'x64' ? 'convolution' : 'operator',
    passes: true,
    imagesAtATime: 4 * threads,
  };
}
