import { describeKernel, type KernelChoice, wgslOf } from '../kernels/kernels.ts';
import { deviceError } from './errors.ts';

/** Compiled kernels of one device; each is compiled once, all of a plan at the same time. */
export interface Pipelines {
  /** Errors: `backend-failure`, with the kernel's name and the compiler's messages. */
  get(choice: KernelChoice): Promise<GPUComputePipeline>;
}

export function createPipelines(device: GPUDevice): Pipelines {
  const compiled = new Map<string, Promise<GPUComputePipeline>>();
  return {
    get(choice) {
      const label = describeKernel(choice);
      const known = compiled.get(label);
      if (known !== undefined) return known;
      const pipeline = wgslOf(choice).then((code) => compile(device, label, code));
      compiled.set(label, pipeline);
      pipeline.catch(() => compiled.delete(label));
      return pipeline;
    },
  };
}

async function compile(device: GPUDevice, label: string, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ label, code });
  try {
    return await device.createComputePipelineAsync({ label, layout: 'auto', compute: { module } });
  } catch (cause) {
    const { messages } = await module.getCompilationInfo();
    const details = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`).join('; ');
    throw deviceError(details === '' ? cause : new Error(details, { cause }), `kernel ${label}`);
  }
}
