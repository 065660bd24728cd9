import { type NetworkChoice, networkChoices } from './network-choice.ts';

export interface NetworkSelectProps {
  readonly chosen: NetworkChoice;
  readonly onChange: (network: NetworkChoice) => void;
}

export function NetworkSelect({ chosen, onChange }: NetworkSelectProps) {
  return (
    <p class="choice field">
      <label for="network">Networks</label>
      <select
        id="network"
        aria-describedby="about-network"
        value={chosen}
        onChange={({ currentTarget }) => onChange(currentTarget.value as NetworkChoice)}
      >
        {Object.entries(networkChoices).map(([id, { title }]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      <span class="note" id="about-network">
        {networkChoices[chosen].hint}
      </span>
    </p>
  );
}
