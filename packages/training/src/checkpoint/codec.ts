import {
  AlexNetError,
  asWeights,
  readSafetensors,
  sameShape,
  slotName,
  slotsOf,
  type Tensor,
  writeSafetensors,
} from '@alexnet/core';
import type { Checkpoint } from './checkpoint.ts';
import { readProgress, readSetup } from './read-metadata.ts';

/*
 * A checkpoint is one safetensors file: the weights under their names, the optimiser's tensors under `<parameter>.<slot>`, and
 * setup and progress as JSON in the metadata. Any reader of safetensors finds the weights in it.
 */

const FORMAT = 'alexnet-training';
const VERSION = '1';

/** As chunks, views of the state's own memory. */
export function encodeCheckpoint({ setup, progress, state }: Checkpoint): Uint8Array[] {
  return writeSafetensors(new Map([...state.weights, ...state.slots]), {
    metadata: { format: FORMAT, version: VERSION, setup: JSON.stringify(setup), progress: JSON.stringify(progress) },
  });
}

/** Reads and checks a checkpoint. Errors: `invalid-file`. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const file = readSafetensors(bytes);
  const { format, version, setup: setupText, progress: progressText } = file.metadata;
  if (format !== FORMAT || setupText === undefined || progressText === undefined) {
    throw invalid('It holds weights, but no training that could go on', 'Start from it with fresh optimiser state.');
  }
  if (version !== VERSION) {
    throw invalid(`It has version ${version} of the format, and this reads ${VERSION}`, 'Update this package.');
  }
  const setup = readSetup(setupText);
  const progress = readProgress(progressText);
  const tensors = asWeights(file);
  const weights = new Map<string, Tensor>();
  const slots = new Map<string, Tensor>();
  const kept = slotsOf(setup.rule);
  for (const [name, tensor] of tensors) {
    const parameter = kept
      .map((slot) => ownerOf(name, slot))
      .find((owner) => owner !== undefined && tensors.has(owner));
    if (parameter === undefined) weights.set(name, tensor);
    else if (sameShape(tensor.shape, tensors.get(parameter)!.shape)) slots.set(name, tensor);
    else throw invalid(`${name} has another shape than ${parameter}`, 'Use the checkpoint before it.');
  }
  return { setup, progress, state: { weights, slots } };
}

/** The parameter that a tensor of this name is the slot of; undefined for none. */
function ownerOf(name: string, slot: string): string | undefined {
  const ending = slotName('', slot);
  return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined;
}

function invalid(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-file', message, where: 'checkpoint', fix });
}
