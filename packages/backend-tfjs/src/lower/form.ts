/** How graphs are written in tfjs's ops where there is more than one way. */
export interface GraphForm {
  /** `slices`: a fused convolution per group, joined. `tensorflow`: TensorFlow's own op, which has groups; native engine only. */
  readonly convolution: 'slices' | 'tensorflow';
  /**
   * `product`: fused matrix product. `steps`: product, bias and ReLU one after the other. `rows`: a fused product with the weights as they
   * are, one row per output. `tensorflow`: TensorFlow's MatMul instead of its BatchMatMul; native engine only.
   */
  readonly linear: 'product' | 'steps' | 'rows' | 'tensorflow';
  /** `operator`: tfjs's LRN. `convolution`: squares, a banded 1x1 convolution and roots, up to so many channels. */
  readonly lrn: 'operator' | { readonly convolutionUpTo: number };
  /** Flags of tfjs that hold while our ops run on so many samples. */
  flags?(batch: number): Flags;
}

/** Settings of tfjs by name. */
export type Flags = Readonly<Record<string, number | boolean>>;

/** As an expert writes AlexNet in plain tfjs: what every engine runs. */
export const plainForm: GraphForm = { convolution: 'slices', linear: 'product', lrn: 'operator' };
