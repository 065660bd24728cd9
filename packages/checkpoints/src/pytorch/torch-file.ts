import type { PickleValue } from '../pickle/values.ts';
import type { Storage } from '../strided-tensor.ts';
import type { StorageReference } from './rebuild.ts';

/** What `torch.save` was given, and where its storages are. */
export interface TorchFile {
  readonly value: PickleValue;
  readonly storages: Storages;
  /** For errors: where the value stands. */
  readonly where: string;
}

export interface Storages {
  /** The storage that a tensor refers to. Errors: `invalid-file` when it is missing or shorter than it should be. */
  find(reference: StorageReference, where: string): Storage;
}

/** The advice when a file holds objects of Python classes. */
export const wholeModel =
  'If this is a whole model, save its tensors alone, in Python: torch.save(model.state_dict(), "weights.pth").';
