import { type KernelName, textOf } from '../kernels/kernels.ts';
import { specialise } from '../kernels/specialise.ts';

/** A change to the text of a kernel. */
export interface Mutation {
  readonly kernel: KernelName;
  /** Occurs once in the kernel's file, or in those of a linear layer. */
  readonly replace: string;
  readonly by: string;
  /** What the mistake is. */
  readonly why: string;
}

/** A real GPU whose devices compile one kernel with a change; all else is as it is. */
export async function mutatedGpu(gpu: GPU, { kernel, replace, by }: Mutation): Promise<GPU> {
  const parts = (await textOf(kernel)).split(replace);
  if (parts.length !== 2) throw new Error(`${kernel} has ${parts.length - 1} times: ${replace}`);
  const source = parts.join(by);
  const mutated = {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = await gpu.requestAdapter(options);
      if (adapter === null) return null;
      const open = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (descriptor) => {
        const device = await open(descriptor);
        const create = device.createShaderModule.bind(device);
        device.createShaderModule = (module) => {
          const [name, ...constants] = (module.label ?? '').split(' '); // as `describeKernel` writes it
          const values = constants
            .map((each) => each.split('='))
            .map(([key, value]): [string, number] => [key!, Number(value)]);
          return create(name === kernel ? { ...module, code: specialise(source, Object.fromEntries(values)) } : module);
        };
        return device;
      };
      return adapter;
    },
  };
  return mutated as unknown as GPU;
}
