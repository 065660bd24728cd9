import { AlexNetError, createVariant, type VariantOptions, variantDefinitions } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { findFit } from '../map/map-tensors.ts';
import { unusedWeights } from '../map/match.ts';
import { rolesOf } from '../map/roles.ts';
import { type Candidate, given, sizesIn, takes } from './candidates.ts';
import { differencesOf } from './distinctions.ts';

/*
 * What is said of a file that does not tell its network.
 */

const GIVE_VARIANT = 'Say which it is: `variant` in readCheckpoint, `--variant` in the command.';

/** Several networks have its tensors. */
export function ambiguous(candidates: readonly Candidate[]): AlexNetError {
  const facts = candidates.map(({ variant: { id } }) => `${id} (${differencesOf(id)})`);
  return new AlexNetError({
    code: 'invalid-input',
    message: `The tensors fit ${facts.length} networks, which compute different things with them: ${facts.join('; ')}`,
    fix: GIVE_VARIANT,
  });
}

/** It has more weights than the networks whose tensors it has. */
export function leftOver([candidate]: readonly Candidate[], file: CheckpointFile): AlexNetError {
  const { variant, fit } = candidate!;
  const unused = unusedWeights(fit, file);
  const names = unused.slice(0, SHOWN).map((name) => name.slice(0, 80));
  return new AlexNetError({
    code: 'invalid-input',
    message:
      `The file has all tensors of ${variant.id} and ${unused.length} more (${names.join(', ')}` +
      `${unused.length > SHOWN ? ', ...' : ''}): it may be another network`,
    fix: GIVE_VARIANT,
  });
}

/** It has the tensors of no network: what is wrong with the nearest. */
export function fitsNone(file: CheckpointFile, known: VariantOptions): AlexNetError {
  const nearest = variantDefinitions
    .filter((definition) => takes(definition, known.inputSize))
    .map((definition) => {
      const options = sizesIn(definition, file, known) ?? given(known);
      return { id: definition.id, ...findFit(rolesOf(createVariant(definition.id, options).graph), file) };
    })
    .reduce((best, fit) => (fit.readings.length > best.readings.length ? fit : best));
  const { id, readings, missing, misfits } = nearest;
  const problems = [
    ...misfits.slice(0, 3),
    ...(missing.length === 0 ? [] : [`missing: ${missing.slice(0, SHOWN).join(', ')}`]),
  ];
  return new AlexNetError({
    code: 'invalid-weights',
    message:
      readings.length === 0
        ? `The file has the tensors of no variant: ${shapesOf(file)}`
        : `The file has all tensors of no variant; ${id} comes nearest, of which ${readings.length} match: ${problems.join('; ')}`,
    fix: 'If it is one of the variants, name it (`variant`, `--variant`) to see all that does not fit.',
  });
}

const SHOWN = 8;

function shapesOf({ tensors }: CheckpointFile): string {
  const shown = [...tensors]
    .slice(0, SHOWN)
    .map(([name, { shape }]) => `${name.slice(0, 60)} ${shape.slice(0, 8).join('x') || 'scalar'}`);
  return `${shown.join(', ') || 'it has none'}${tensors.size > SHOWN ? ', ...' : ''}`;
}
