import { Problem } from '../../app/parts/Problem.tsx';
import type { Refusal } from './taught-class.ts';

/** Of a whole folder of other things. */
const SHOWN = 5;

/** Which images were not taken, and why. */
export function Refused({ refused }: { readonly refused: readonly Refusal[] }) {
  return (
    <Problem>
      <p>{refused.length === 1 ? 'One image was not taken:' : `${refused.length} images were not taken:`}</p>
      <ul>
        {refused.slice(0, SHOWN).map(({ name, reason }, i) => (
          <li key={i}>
            <strong>{name}: </strong>
            {reason}
          </li>
        ))}
        {refused.length > SHOWN && <li>and {refused.length - SHOWN} more.</li>}
      </ul>
    </Problem>
  );
}
