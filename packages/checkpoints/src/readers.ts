import type { CheckpointFormat, CheckpointReader } from './checkpoint-file.ts';

/** Each reader comes when a file of its format is opened: a page that opens safetensors never loads the library for HDF5. */
export const readers: Readonly<Record<CheckpointFormat, () => Promise<CheckpointReader>>> = {
  safetensors: async () => (await import('./safetensors/open-safetensors.ts')).openSafetensors,
  onnx: async () => (await import('./onnx/open-onnx.ts')).openOnnx,
  pytorch: async () => (await import('./pytorch/open-pytorch.ts')).openPytorch,
  numpy: async () => (await import('./numpy/open-numpy.ts')).openNumpy,
  caffe: async () => (await import('./caffe/open-caffe.ts')).openCaffe,
  keras: async () => (await import('./keras/open-keras.ts')).openKeras,
  tfjs: async () => (await import('./tfjs/open-tfjs.ts')).openTfjs,
  'deep-compression': async () => (await import('./deep-compression/open-deep-compression.ts')).openDeepCompression,
};
