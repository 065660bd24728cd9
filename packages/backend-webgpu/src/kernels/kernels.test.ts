import { beforeAll, describe, expect, it } from 'vitest';
import { createPipelines, type Pipelines } from '../device/pipelines.ts';
import { nullGpu } from '../node/dawn.ts';
import { candidates } from '../plan/choices.ts';
import { describeKernel, type KernelChoice, type KernelName, kernels, wgslOf } from './kernels.ts';

const names = Object.keys(kernels) as KernelName[];
const plain = names.map((kernel): KernelChoice => ({ kernel }));
const tiles = candidates.linear.flatMap(({ rows, cols }) =>
  names
    .filter((kernel) => /^linear-[fq]/.test(kernel))
    .map((kernel) => ({ kernel, constants: { ROWS: rows, COLS: cols } })),
);

describe('kernels', () => {
  let pipelines: Pipelines;
  beforeAll(async () => {
    // Dawn's null device compiles WGSL as any other, and runs nothing
    const adapter = await (await nullGpu()).requestAdapter();
    pipelines = createPipelines(await adapter!.requestDevice());
  });

  it.each([...plain, ...candidates.convolution, ...tiles].map((choice) => ({ choice, name: describeKernel(choice) })))(
    '$name compiles',
    async ({ choice }) => {
      await expect(pipelines.get(choice)).resolves.toBeDefined();
    },
  );

  it('names the kernel that does not compile, and where', async () => {
    const broken = { kernel: 'relu', constants: { NONE: 1 } } as const;
    expect(() => pipelines.get(broken)).toThrow('NONE');
  });

  it.each(names)('%s says in its header what it computes', (name) => {
    expect(kernels[name].split('\n')[0]).toMatch(/^\/\/ /);
    expect(wgslOf({ kernel: name })).not.toMatch(/^\s*\/\//m);
  });
});
