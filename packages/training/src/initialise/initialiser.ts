/** How the weights of a layer are drawn. */
export type Distribution =
  | { readonly kind: 'normal'; readonly deviation: number }
  /**
   * He et al. 2015 as Keras has it since 2.2.3: a normal distribution cut at two of its deviations, which is widened so that what
   * is left has the variance 2 / fan-in. (Before, Keras did not widen: deviations were 0.88 of that.)
   */
  | { readonly kind: 'he-normal' }
  /** Glorot and Bengio 2010: uniform on ±sqrt(6 / (fan-in + fan-out)). */
  | { readonly kind: 'glorot-uniform' };

/**
 * How a network begins, as plain data. Layers are told by position, so that narrow and other networks have them too: the n-th
 * convolution, hidden linear layers, and the last linear one, which gives the scores.
 */
export interface Initialiser {
  readonly convolutions: Distribution;
  readonly hidden: Distribution;
  readonly scores: Distribution;
  /**
   * In all convolutions but the first, as many filters as there are channels to hand on begin as the identity (Zagoruyko and Komodakis,
   * "DiracNets", 2017; Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, section 3.3). The others are drawn.
   */
  readonly identity?: true;
  /** The biases of these convolutions (counted from 1) and of all hidden linear layers begin at `value`, the others at 0. */
  readonly biases?: { readonly value: number; readonly convolutions: readonly number[] };
}

const same = (distribution: Distribution) => ({
  convolutions: distribution,
  hidden: distribution,
  scores: distribution,
});
const heNormal: Distribution = { kind: 'he-normal' };
const glorotUniform: Distribution = { kind: 'glorot-uniform' };
const narrow: Distribution = { kind: 'normal', deviation: 0.01 };
const narrower: Distribution = { kind: 'normal', deviation: 0.005 };
/** Layers that read two towers' halves: their ReLUs begin with positive inputs (Krizhevsky et al. 2012, section 5). */
const towers = [2, 4, 5];

/** How the published networks began. */
export const initialisers = {
  /** Krizhevsky et al. 2012, section 5. */
  paper: { ...same(narrow), biases: { value: 1, convolutions: towers } },
  /** BVLC AlexNet, train_val.prototxt. */
  bvlc: { ...same(narrow), hidden: narrower, biases: { value: 0.1, convolutions: towers } },
  /** CaffeNet, train_val.prototxt. */
  caffenet: { ...same(narrow), hidden: narrower, biases: { value: 1, convolutions: towers } },
  'he-normal': same(heNormal),
  /** A network that begins by handing on what its first layer sees. */
  'he-normal-identity': { ...same(heNormal), identity: true },
  /** Keras's default, and that of TensorFlow 1's variables. */
  'glorot-uniform': same(glorotUniform),
  /** uestcsongtaoli names he_normal for convolutions and leaves Keras's default to linear layers. */
  uestcsongtaoli: { convolutions: heNormal, hidden: glorotUniform, scores: glorotUniform },
} as const satisfies Record<string, Initialiser>;

export type InitialiserId = keyof typeof initialisers;
