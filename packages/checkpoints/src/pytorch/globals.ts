import type { Dtype } from '@alexnet/core';
import { type AllowedGlobals, type GlobalUse, pythonGlobals } from '../pickle/allowed.ts';

/** The element types of PyTorch's storages (torch/storage.py). */
export const storageDtypes: ReadonlyMap<string, Dtype> = new Map([
  ['torch FloatStorage', 'F32'],
  ['torch DoubleStorage', 'F64'],
  ['torch HalfStorage', 'F16'],
  ['torch BFloat16Storage', 'BF16'],
  ['torch LongStorage', 'I64'],
  ['torch IntStorage', 'I32'],
  ['torch ShortStorage', 'I16'],
  ['torch CharStorage', 'I8'],
  ['torch ByteStorage', 'U8'],
  ['torch BoolStorage', 'BOOL'],
  ['torch UntypedStorage', 'U8'],
  ['torch.storage UntypedStorage', 'U8'],
]);

/** The element types of tensors whose storage has none of its own. */
export const tensorDtypes: ReadonlyMap<string, Dtype> = new Map([
  ['torch float32', 'F32'],
  ['torch float64', 'F64'],
  ['torch float16', 'F16'],
  ['torch bfloat16', 'BF16'],
  ['torch int64', 'I64'],
  ['torch int32', 'I32'],
  ['torch int16', 'I16'],
  ['torch int8', 'I8'],
  ['torch uint64', 'U64'],
  ['torch uint32', 'U32'],
  ['torch uint16', 'U16'],
  ['torch uint8', 'U8'],
  ['torch bool', 'BOOL'],
  ['torch float8_e4m3fn', 'F8_E4M3'],
  ['torch float8_e5m2', 'F8_E5M2'],
]);

const named = (names: Iterable<string>, use: GlobalUse) => [...names].map((name): [string, GlobalUse] => [name, use]);

/** What may occur in a .pth: what builds tensors, and what else training scripts put beside them (kept as plain data, unused). */
export const torchGlobals: AllowedGlobals = new Map([
  ...pythonGlobals,
  ...named(storageDtypes.keys(), 'name'),
  ...named(tensorDtypes.keys(), 'name'),
  ...named(
    [
      'torch._utils _rebuild_tensor',
      'torch._utils _rebuild_tensor_v2',
      'torch._utils _rebuild_tensor_v3',
      'torch._utils _rebuild_parameter',
      'torch._utils _rebuild_parameter_with_state',
      'torch Size',
      'torch device',
      'argparse Namespace',
      'numpy.core.multiarray scalar',
      'numpy._core.multiarray scalar',
      'numpy.core.multiarray _reconstruct',
      'numpy._core.multiarray _reconstruct',
      'numpy dtype',
    ],
    'object',
  ),
  ['numpy ndarray', 'name'],
]);
