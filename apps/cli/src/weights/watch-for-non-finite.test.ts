import {
  collectWeights,
  createVariant,
  type Shape,
  seededWeights,
  sourceOfWeights,
  storeWeight,
  type WeightSource,
} from '@alexnet/core';
import { expect, it } from 'vitest';
import { watchForNonFinite } from './watch-for-non-finite.ts';

const { graph } = createVariant('cifar10', { width: 1 / 16 });
const broken = new Map(
  [...seededWeights(graph, 1)].map(([name, { shape, data }]) => {
    const odd = { 'conv1.bias': Number.NaN, 'fc8.weight': Number.POSITIVE_INFINITY }[name];
    return [name, { shape, data: data.map((value, i) => (i === 1 && odd !== undefined ? odd : value)) }] as const;
  }),
);

it.each(['f32', 'f16'] as const)(
  'tells once of each parameter that holds what is no number, in %s',
  async (precision) => {
    const storedAs = ({ length }: Shape) => (length === 2 ? precision : 'f32');
    const source: WeightSource = {
      parameters: new Map([...broken].map(([name, { shape }]) => [name, { shape, precision: storedAs(shape) }])),
      async read(name) {
        const { shape, data } = broken.get(name)!;
        return storedAs(shape) === 'f16' ? storeWeight({ shape, data }, 'f16') : { precision: 'f32', shape, data };
      },
    };
    const told: string[] = [];
    const seen = watchForNonFinite(source, (name) => told.push(name));
    for (let round = 0; round < 2; round++) await collectWeights(seen);
    expect(told).toEqual(['conv1.bias', 'fc8.weight']);
  },
);

it('looks at what is read into memory of the caller, too', async () => {
  const told: string[] = [];
  const source: WeightSource = {
    ...sourceOfWeights(broken),
    async readInto(name, target) {
      target.set(broken.get(name)!.data);
    },
  };
  const target = new Float32Array(broken.get('conv1.bias')!.data.length);
  await watchForNonFinite(source, (name) => told.push(name)).readInto!('conv1.bias', target);
  expect(told).toEqual(['conv1.bias']);
});
