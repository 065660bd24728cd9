import { AlexNetError, augmentations, type Loss, type UpdateRule } from '@alexnet/core';
import type { TrainingRecipe } from './recipe.ts';

const crossEntropy: Loss = { kind: 'softmax-cross-entropy' };
/** Krizhevsky et al. 2012, section 5; Caffe's solvers. */
const classicSgd: UpdateRule = { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 };
/** Keras's default. */
const kerasMomentum = 0.99;
/** What the recipes of this project have in common. */
const ours = {
  loss: { kind: 'softmax-cross-entropy', smoothing: 0.1 },
  optimiser: { rule: classicSgd, multipliers: 'no-bias-decay' },
} as const;

export const recipes: readonly TrainingRecipe[] = [
  {
    id: 'paper',
    source:
      'Krizhevsky, Sutskever, Hinton, NIPS 2012, section 5. After how many epochs the validation error counts as stalled is not said: 3 here. Crops are of the whole picture here, there of its central square',
    variant: 'paper',
    classes: 1000,
    loss: crossEntropy,
    optimiser: { rule: classicSgd },
    schedule: { kind: 'plateau', rate: 0.01, divisor: 10, patience: 3, times: 3 },
    batchSize: 128,
    epochs: 90,
    augmentation: augmentations.paper(224),
    initialiser: 'paper',
  },
  {
    id: 'bvlc',
    source:
      'BVLC/caffe models/bvlc_alexnet: solver.prototxt and train_val.prototxt. 450,000 steps are 90 epochs of ImageNet',
    variant: 'bvlc-alexnet',
    classes: 1000,
    loss: crossEntropy,
    optimiser: { rule: classicSgd, multipliers: 'caffe' },
    schedule: { kind: 'step', rate: 0.01, gamma: 0.1, every: { steps: 100_000 } },
    batchSize: 256,
    epochs: 90,
    augmentation: augmentations.caffe(227),
    initialiser: 'bvlc',
  },
  {
    id: 'uestcsongtaoli',
    source:
      'uestcsongtaoli/AlexNet, 2018, experiment 2. The L2 factor is a parameter there whose default is 0; the optimiser has the defaults of Keras 2',
    variant: 'uestcsongtaoli',
    classes: 10,
    loss: crossEntropy,
    regularisation: { l2: 0 },
    optimiser: { rule: { kind: 'adadelta', rho: 0.95, epsilon: 1e-7 } },
    schedule: { kind: 'constant', rate: 1 },
    batchSize: 256,
    epochs: 200,
    augmentation: augmentations.uestcsongtaoli(),
    initialiser: 'uestcsongtaoli',
    statisticsMomentum: kerasMomentum,
    watch: 'loss',
    earlyStopping: { patience: 20 },
  },
  {
    id: 'eweill',
    source: 'eweill/keras-deepcv, 2017, train/alexnet_train.py with its optional augmentation. `decay` is of the rate',
    variant: 'eweill',
    classes: 10,
    loss: crossEntropy,
    optimiser: { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-8 } },
    schedule: { kind: 'inverse-time', rate: 1e-4, decay: 1e-6 },
    batchSize: 128,
    epochs: 20,
    augmentation: augmentations.eweill(),
    initialiser: 'glorot-uniform',
    statisticsMomentum: kerasMomentum,
  },
  {
    id: 'kratzert',
    source: 'kratzert/finetune_alexnet_with_tensorflow, 2017, finetune.py: the BVLC weights, fc6 to fc8 anew',
    variant: 'kratzert',
    classes: 2,
    loss: crossEntropy,
    optimiser: { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 } },
    schedule: { kind: 'constant', rate: 0.01 },
    batchSize: 128,
    epochs: 10,
    augmentation: [],
    initialiser: 'glorot-uniform',
    fineTuning: { replace: ['fc6', 'fc7', 'fc8'] },
  },
  {
    id: 'vipoooool',
    source:
      'vipoooool: Plant Diseases Classification Using AlexNet, Kaggle, 2018. It goes on from weights of its own, which are not published, and freezes its first 20 layers: here all begin with Keras initialisers, and learn',
    variant: 'vipoooool',
    classes: 38,
    loss: crossEntropy,
    optimiser: { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 0 } },
    schedule: { kind: 'inverse-time', rate: 1e-3, decay: 5e-3 },
    batchSize: 128,
    epochs: 25,
    augmentation: augmentations.vipoooool(),
    initialiser: 'glorot-uniform',
    statisticsMomentum: kerasMomentum,
    watch: 'accuracy',
  },
  {
    id: 'textbook',
    source:
      'Understanding AlexNet, learnopencv.com, 2018: crops and mirroring; the rest, which it leaves out, as in the paper',
    variant: 'textbook',
    classes: 1000,
    loss: crossEntropy,
    optimiser: { rule: classicSgd },
    schedule: { kind: 'plateau', rate: 0.01, divisor: 10, patience: 3, times: 3 },
    batchSize: 128,
    epochs: 90,
    augmentation: augmentations.caffe(227),
    initialiser: 'paper',
  },
  {
    id: 'cifar10',
    source: "This project's small network for 32-pixel images; docs/results has what it reaches",
    variant: 'cifar10',
    classes: 10,
    ...ours,
    schedule: { kind: 'cosine', rate: 0.1, final: 0, warmUp: { steps: 400 } },
    batchSize: 128,
    epochs: 19,
    augmentation: augmentations.cifar(),
    initialiser: 'he-normal',
    statisticsMomentum: 0.9,
  },
  {
    id: 'leaves',
    source:
      "This project's, for a few thousand photographs of leaves without background, with a network of any size; docs/results has what it reaches",
    variant: 'vipoooool',
    classes: 4,
    ...ours,
    schedule: { kind: 'cosine', rate: 0.005, final: 0, warmUp: { steps: 100 } },
    batchSize: 32,
    epochs: 40,
    augmentation: augmentations.leaves(),
    standardised: { mean: 40, deviation: 50 },
    initialiser: 'he-normal-identity',
    statisticsMomentum: kerasMomentum,
  },
];

export const recipeIds: readonly string[] = recipes.map(({ id }) => id);

/** Errors: `unknown-name`, listing the ids that exist. */
export function recipeOf(id: string): TrainingRecipe {
  const recipe = recipes.find((candidate) => candidate.id === id);
  if (recipe !== undefined) return recipe;
  throw new AlexNetError({
    code: 'unknown-name',
    message: `There is no recipe called ${JSON.stringify(id)}`,
    fix: `Choose from ${recipeIds.join(', ')}.`,
  });
}
