import type { CheckpointFormat, CheckpointLayer, Layout } from '../checkpoint-file.ts';
import type { Part, Role } from './roles.ts';

/** How somebody names the parameters of AlexNet. */
export interface Convention {
  readonly id: string;
  /** The formats that have such names; all where it is not said. */
  readonly formats?: readonly CheckpointFormat[];
  /** What a parameter may be called, most likely first. */
  namesOf(role: Role): readonly Naming[];
}

export interface Naming {
  readonly name: string;
  /** Where the name says that it differs from the file's. */
  readonly layout?: Partial<Layout>;
}

/** A convention that is regular: the layer's name, a separator, the part's name. */
interface Pattern {
  readonly id: string;
  readonly separator: string;
  /** Their names of our layers; ours where there is none. */
  readonly layers?: Readonly<Record<string, string>>;
  readonly parts: Partial<Record<CheckpointLayer['op'], Partial<Record<Part, string>>>>;
}

const wordsOf = (weight: string, bias: string) => ({ conv2d: { weight, bias }, linear: { weight, bias } });

const patterns: readonly Pattern[] = [
  /** torchvision.models.alexnet numbers the modules of its two `Sequential`s. Its ONNX exports keep the names. */
  {
    id: 'torchvision',
    separator: '.',
    layers: {
      conv1: 'features.0',
      conv2: 'features.3',
      conv3: 'features.6',
      conv4: 'features.8',
      conv5: 'features.10',
      fc6: 'classifier.1',
      fc7: 'classifier.4',
      fc8: 'classifier.6',
    },
    parts: wordsOf('weight', 'bias'),
  },
  /** bvlcalexnet of the ONNX model zoo has the blob names that Caffe2's converter made. */
  { id: 'onnx-zoo', separator: '_', parts: wordsOf('w_0', 'b_0') },
  /** TensorFlow 1 programs name their variables so, and a dict of them is in bvlc_alexnet.npy, whose lists `[W, b]` have no names. */
  { id: 'kratzert', separator: '/', parts: wordsOf('weights', 'biases') },
  /** Keras, of a model whose layers have our names. */
  {
    id: 'keras',
    separator: '/',
    parts: {
      ...wordsOf('kernel', 'bias'),
      batchNorm: { weight: 'gamma', bias: 'beta', mean: 'moving_mean', variance: 'moving_variance' },
    },
  },
  /** PyTorch, of a module whose layers have our names. */
  {
    id: 'pytorch',
    separator: '.',
    parts: {
      ...wordsOf('weight', 'bias'),
      batchNorm: { weight: 'weight', bias: 'bias', mean: 'running_mean', variance: 'running_var' },
    },
  },
];

/** Our own names, `conv1.weight`, are the names that Caffe gave the layers. */
const own: Convention = { id: 'alexnet', namesOf: ({ parameter }) => [{ name: parameter }] };

/**
 * `toTfjs` keeps our names. It says in them where it put the rows of a linear layer into the order HWC; it leaves those of others in CHW.
 */
const exported: Convention = {
  id: 'alexnet',
  formats: ['tfjs'],
  namesOf: ({ parameter, image }) => [
    { name: parameter, layout: { flatten: 'CHW' } },
    ...(image === undefined ? [] : [{ name: `${parameter}/hwc${image.join('x')}` }]),
  ],
};

/** In case of doubt the first is meant. */
export const conventions: readonly Convention[] = [exported, own, ...patterns.map(regular)];

function regular({ id, separator, layers = {}, parts }: Pattern): Convention {
  return {
    id,
    namesOf({ layer, op, part }) {
      const word = parts[op]?.[part];
      return word === undefined ? [] : [{ name: `${layers[layer] ?? layer}${separator}${word}` }];
    },
  };
}

/** What wrappers put before the names of a module's tensors. */
const WRAPPER = /^(module|model|_orig_mod|net|network|alexnet|backbone)\./;

/** The prefixes that names may have: none, and what wrappers made. */
export function prefixesOf(names: Iterable<string>): readonly string[] {
  const prefixes = new Set(['']);
  for (const name of names) {
    let prefix = '';
    for (let rest = name; ; rest = name.slice(prefix.length)) {
      const [wrapper] = WRAPPER.exec(rest) ?? [];
      if (wrapper === undefined || prefix.length > MAX_PREFIX) break;
      prefix += wrapper;
      prefixes.add(prefix);
    }
    if (prefixes.size > MAX_PREFIXES) break;
  }
  return [...prefixes];
}

const MAX_PREFIX = 60;
const MAX_PREFIXES = 8;
