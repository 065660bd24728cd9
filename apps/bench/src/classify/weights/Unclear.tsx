import { Button } from '../../app/parts/Button.tsx';
import type { Choice } from './choices.ts';

interface Props {
  readonly name: string;
  readonly message: string;
  readonly choices: readonly Choice[];
  readonly onChoose: (variant: string) => void;
}

/** The networks that a file may hold, to choose from: a wrong guess would classify almost as well, and nobody would notice. */
export function Unclear({ name, message, choices, onChoose }: Props) {
  return (
    <fieldset class="unclear" aria-label={`Networks that ${name} may hold`}>
      <p role="alert">{message}</p>
      <ul>
        {choices.map(({ variant, title, difference }) => (
          <li key={variant}>
            <Button onClick={() => onChoose(variant)}>{title}</Button>
            <span class="note">{difference}</span>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
