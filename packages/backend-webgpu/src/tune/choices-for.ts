import type { AdapterDescription } from '../device/device.ts';
import { type Choices, defaultChoices } from '../plan/choices.ts';
import { shipped } from './shipped.ts';
import { type Tuning, tunedChoices } from './tuning.ts';

/** Which kernels run on an adapter, and why. A tuning of another adapter is not used. */
export function choicesFor(
  { choices, tuning }: { readonly choices?: Choices; readonly tuning?: Tuning },
  { name, software }: AdapterDescription,
): { readonly choices: Choices; readonly note: string } {
  if (choices !== undefined) return { choices, note: 'Kernels as the caller chose them.' };
  const usual = defaultChoices(software);
  if (tuning?.adapter === name) return { choices: tunedChoices(tuning, usual), note: 'Kernels by the given tuning.' };
  const ours = shipped.find(({ adapter }) => adapter === name);
  const given = tuning === undefined ? '' : ` The given tuning is for ${tuning.adapter}.`;
  if (ours !== undefined)
    return { choices: tunedChoices(ours, usual), note: `Kernels by the package's tuning.${given}` };
  return { choices: usual, note: `Kernels by the kind of adapter; a tuning may be faster.${given}` };
}
