import type { Network } from '../network.ts';

/** What was read. */
export function NetworkFacts({ network: { name, facts, warnings } }: { readonly network: Network }) {
  return (
    <div class="network">
      <h4>{name}</h4>
      {warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      <dl>
        {facts.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
