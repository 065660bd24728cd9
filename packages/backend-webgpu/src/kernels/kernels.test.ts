import { beforeAll, describe, expect, it } from 'vitest';
import { createPipelines, type Pipelines } from '../device/pipelines.ts';
import { nullGpu } from '../node/dawn.ts';
import { candidates } from '../plan/choices.ts';
import { mutatedGpu } from '../testing/mutated-gpu.ts';
import { describeKernel, inferenceKernels, type KernelChoice, type KernelName, textOf, wgslOf } from './kernels.ts';
import { trainingKernels } from './training-kernels.ts';

const names = Object.keys({ ...inferenceKernels, ...trainingKernels }) as KernelName[];
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
    const gpu = await mutatedGpu(await nullGpu(), {
      kernel: 'relu',
      replace: 'x[at]',
      by: 'z[at]',
      why: 'no such name',
    });
    const device = await (await gpu.requestAdapter())!.requestDevice();
    await expect(createPipelines(device).get({ kernel: 'relu' })).rejects.toMatchObject({
      code: 'backend-failure',
      where: 'kernel relu',
      message: expect.stringMatching(/line \d+.*'z'/),
    });
  });

  it('refuses a constant that a kernel does not have', async () => {
    await expect(pipelines.get({ kernel: 'relu', constants: { NONE: 1 } })).rejects.toThrow('NONE');
  });

  it.each(names)('%s says in its header what it computes', async (name) => {
    expect((await textOf(name)).split('\n')[0]).toMatch(/^\/\/ /);
    expect(await wgslOf({ kernel: name })).not.toMatch(/^\s*\/\//m);
  });
});
