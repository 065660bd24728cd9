import type { Flags } from '../lower/form.ts';

/** How gradients are written for an engine where there is more than one way. */
export interface TrainingForm {
  /**
   * The gradients of a convolution. `kernel`: tfjs's Conv2DBackpropInput or Conv2DBackpropFilter. `convolution`: a convolution of the output's
   * gradient, spread by the stride, with the turned filter; or of the transposed image with the transposed gradient, which is spread by dilation.
   */
  readonly convolutionInput: 'kernel' | 'convolution';
  readonly convolutionWeight: 'kernel' | 'convolution';
  /**
   * The gradient of max pooling, which goes to the first of several equal maxima. `kernel`: tfjs's MaxPoolGrad, where that takes the first.
   * `turned`: the same on images that are turned around, where it takes the last. `comparison`: each place of the windows compared with
   * the maximum.
   */
  readonly maxPool: 'kernel' | 'turned' | 'comparison';
  /** Flags of tfjs that hold while our ops run. */
  readonly flags?: Flags;
}
