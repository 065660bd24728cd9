import { AlexNetError } from '../error.ts';
import { checkPreprocessing } from '../preprocess/checks.ts';
import type { Preprocessing } from '../preprocess/preprocessing.ts';
import type { Augmentation, Sample } from './augmentation.ts';
import { LARGEST_DEGREES } from './trigonometry.ts';

/** No AlexNet comes near. */
const LARGEST_SIZE = 2048;

/**
 * Checks before a run what would spoil it: steps that may come from a file, and whether they give what the network takes.
 * Errors: `invalid-input`, with the place in the list as `where`; so too for preprocessing that contradicts itself.
 */
export function checkAugmentation(steps: readonly Augmentation[], spec: Preprocessing): void {
  checkPreprocessing(spec);
  for (const [i, step] of steps.entries()) checkStep(step, `augmentation[${i}]`);
  const at = steps.findLastIndex(({ kind }) => kind === 'random-crop');
  const last = steps[at];
  if (last?.kind === 'random-crop' && last.size < spec.crop.size) {
    throw invalid(
      `A random crop of ${last.size} pixels is smaller than the ${spec.crop.size} that the network takes`,
      `augmentation[${at}]`,
      `Crop ${spec.crop.size} pixels.`,
    );
  }
}

/** Errors: `invalid-input` for numbers that a counter cannot hold. */
export function checkSample(sample: Sample): void {
  for (const name of ['seed', 'epoch', 'index'] as const) {
    if (sample[name] >>> 0 !== sample[name]) {
      throw invalid(
        `The ${name} ${sample[name]} is not an unsigned 32-bit integer`,
        name,
        'Use a whole number from 0 to 4294967295.',
      );
    }
  }
}

function checkStep(step: Augmentation, where: string): void {
  switch (step.kind) {
    case 'random-crop':
      within(step.size, { whole: true, from: 1, to: LARGEST_SIZE }, 'size', where);
      within(orElse(step.pad, 0), { whole: true, from: 0, to: LARGEST_SIZE }, 'pad', where);
      if (orElse(step.pad, 0) >= step.size) throw invalid('pad must be smaller than size', where);
      if (!['constant', 'reflect'].includes(orElse(step.fill, 'constant'))) {
        throw invalid(`fill must be constant or reflect, got ${step.fill}`, where);
      }
      return;
    case 'flip':
      within(orElse(step.probability, 0.5), { from: 0, to: 1 }, 'probability', where);
      if (typeof orElse(step.alternating, false) !== 'boolean') {
        throw invalid(`alternating must be true or false, got ${step.alternating}`, where);
      }
      return;
    case 'colour-pca':
      within(step.strength, { from: 0, to: 10 }, 'strength', where);
      return;
    case 'affine':
      within(orElse(step.rotation, 0), { from: 0, to: LARGEST_DEGREES }, 'rotation', where);
      checkShift(orElse<readonly number[]>(step.shift, [0, 0]), where);
      within(orElse(step.shear, 0), { from: 0, to: 89 }, 'shear', where);
      within(orElse(step.zoom, 0), { from: 0, to: 0.99 }, 'zoom', where);
      if (!['nearest', 'constant'].includes(step.fill)) {
        throw invalid(`fill must be nearest or constant, got ${step.fill}`, where);
      }
      return;
    case 'cutout':
      within(step.size, { whole: true, from: 1, to: LARGEST_SIZE }, 'size', where);
      return;
    default:
      throw invalid(`There is no augmentation ${String((step as { kind?: unknown }).kind)}`, where);
  }
}

/** Steps may come from a file, where null is not the same as nothing. */
function orElse<T>(value: T | undefined, byDefault: T): T {
  return value === undefined ? byDefault : value;
}

function checkShift(shift: readonly number[], where: string): void {
  if (!Array.isArray(shift) || shift.length !== 2) {
    throw invalid(`shift must be two numbers, of height and width, got ${JSON.stringify(shift)}`, where);
  }
  for (const [i, part] of shift.entries()) within(part, { from: 0, to: 1 }, `shift[${i}]`, where);
}

interface Bounds {
  readonly whole?: boolean;
  readonly from: number;
  readonly to: number;
}

function within(value: number, { whole = false, from, to }: Bounds, name: string, where: string): void {
  if (typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value))) return;
  throw invalid(`${name} must be a ${whole ? 'whole ' : ''}number from ${from} to ${to}, got ${value}`, where);
}

export function invalid(message: string, where: string, fix?: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where, ...(fix === undefined ? {} : { fix }) });
}
