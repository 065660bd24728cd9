import { bytesText } from '../../app/bytes.ts';
import type { BackendId } from '../../engines/names.ts';
import type { Offer } from '../../engines/offers.ts';

export interface BackendListProps {
  readonly offers: readonly Offer[];
  readonly wanted: ReadonlySet<BackendId>;
  readonly onChange: (backend: BackendId, wanted: boolean) => void;
}

/** Which backends to measure: each says what it runs on, why it is off, or what is missing. */
export function BackendList({ offers, wanted, onChange }: BackendListProps) {
  return (
    <fieldset class="choice">
      <legend>Backends</legend>
      <ul class="backends">
        {offers.map(({ id, name, state, detail, fix, downloadBytes }) => (
          <li key={id} class={`backend ${state}`}>
            <label>
              <input
                type="checkbox"
                name="backend"
                value={id}
                checked={wanted.has(id)}
                disabled={state === 'missing'}
                aria-describedby={`about-${id}`}
                onChange={({ currentTarget }) => onChange(id, currentTarget.checked)}
              />
              <span class="name">{name}</span> <code>{id}</code>
            </label>
            <p class="note" id={`about-${id}`}>
              {detail} {fix}
              {downloadBytes > 0 && state !== 'missing' ? ` Downloads ${bytesText(downloadBytes)}.` : ''}
            </p>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
