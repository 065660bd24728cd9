import type { Backend, Tensor } from '@alexnet/core';
import type { Verdict } from '../numerics/compare.ts';
import type { CheckDefinition } from '../run/check.ts';
import { type Complaint, identical, verdict } from './expect.ts';
import { graph, images, weights } from './subject.ts';

interface OwnershipCheck extends Pick<CheckDefinition, 'name' | 'why' | 'notDeclared'> {
  readonly slug: string;
  check(backend: Backend): Promise<Verdict>;
}

const deterministicOnly: CheckDefinition['notDeclared'] = ({ deterministic }) =>
  deterministic ? undefined : 'The backend does not declare deterministic';

/** Whose memory is whose, and what results may depend on. */
const checks: readonly OwnershipCheck[] = [
  {
    slug: 'outputs-own',
    name: 'Outputs share no memory with each other, the input, or other runs: who writes into one changes nothing else',
    why: 'values that are the same inside, such as those around a dropout, may come out as one array',
    async check(backend) {
      const outputs = ['input', 'relu3', 'dropout3', 'prob', 'flatten', 'pool1'];
      const program = await backend.compile(graph, weights, { outputs });
      const input = images(2, 'own');
      const first = await program.run({ input });
      const second = await program.run({ input });
      const all: readonly (readonly [string, Tensor | undefined])[] = [
        ['The input', input],
        ...outputs.map((name) => [name, first[name]] as const),
        ...outputs.map((name) => [`${name} of the second run`, second[name]] as const),
      ];
      const complaints = all.flatMap(([name, tensor], i) =>
        all
          .slice(i + 1)
          .map(([other, its]) => (overlap(tensor, its) ? `${name} and ${other} share memory` : undefined)),
      );
      await program[Symbol.asyncDispose]();
      return verdict(...complaints);
    },
  },
  {
    slug: 'weights-stay',
    name: 'Compiling and running do not change the weights',
    why: 'folding and packing may work in place, on memory of the caller that another backend reads next',
    async check(backend) {
      const given = new Map([...weights].map(([name, tensor]) => [name, copyOf(tensor)!]));
      const program = await backend.compile(graph, given);
      await program.run({ input: images(2, 'weights stay') });
      await program[Symbol.asyncDispose]();
      const names = [...given.keys()].join(' ') === [...weights.keys()].join(' ');
      return verdict(
        names ? undefined : 'The map of weights has other names than before',
        ...[...weights].map(([name, tensor]) => identical(`The weight ${name}`, given.get(name), tensor)),
      );
    },
  },
  {
    slug: 'repeatable/after-other-batches',
    name: 'The same input gives the same bits after runs of other batch sizes',
    why: 'work is split by what the run before was, or by what is left in a buffer',
    notDeclared: deterministicOnly,
    async check(backend) {
      const program = await backend.compile(graph, weights);
      const input = images(2, 'other batches');
      const first = (await program.run({ input }))['prob'];
      const complaints: Complaint[] = [];
      for (const batch of [1, 5, 3]) {
        await program.run({ input: images(batch, `other batch ${batch}`, 100) });
        complaints.push(
          identical(`The result after a batch of ${batch}`, (await program.run({ input }))['prob'], first),
        );
      }
      await program[Symbol.asyncDispose]();
      return verdict(...complaints);
    },
  },
  {
    slug: 'repeatable/second-program',
    name: 'The same network, compiled again, gives the same bits',
    why: 'tuning that measures may choose another kernel, and a report cannot be reproduced',
    notDeclared: deterministicOnly,
    async check(backend) {
      const input = images(2, 'second program');
      const complaints: Complaint[] = [];
      let first: Tensor | undefined;
      for (let i = 1; i <= 3; i++) {
        const program = await backend.compile(graph, weights);
        const got = (await program.run({ input }))['prob'];
        await program[Symbol.asyncDispose]();
        first ??= got;
        complaints.push(identical(`Program ${i} of 3`, got, first));
      }
      return verdict(...complaints);
    },
  },
];

function overlap(a: Tensor | undefined, b: Tensor | undefined): boolean {
  if (a === undefined || b === undefined || a.data.buffer !== b.data.buffer) return false;
  const end = ({ data }: Tensor) => data.byteOffset + data.byteLength;
  return a.data.byteOffset < end(b) && b.data.byteOffset < end(a);
}

function copyOf(tensor: Tensor | undefined): Tensor | undefined {
  return tensor && { shape: tensor.shape, data: tensor.data.slice() };
}

export const ownershipChecks: readonly CheckDefinition[] = checks.map(({ slug, check, ...facts }) => ({
  ...facts,
  id: `behaviour/${slug}`,
  suite: 'behaviour',
  run: (backend) => check(backend),
}));
