import type { Classifier } from '../classifier.ts';

/** Which backends to compare. What is not here says what is missing. */
export function BackendChoice({ classifier: { backends } }: { readonly classifier: Classifier }) {
  const chosen = backends.chosen.value;
  return (
    <details class="panel compare">
      <summary>
        <strong>Backends to compare:</strong> {chosen.join(', ') || 'none'}
      </summary>
      <fieldset>
        <legend class="unseen">Backends to compare</legend>
        <ul>
          {backends.offers.map(({ id, name, state, detail, fix }) => {
            const isChosen = chosen.includes(id);
            return (
              <li key={id}>
                <label class={state}>
                  <input
                    type="checkbox"
                    checked={isChosen}
                    disabled={state === 'missing'}
                    aria-describedby={`classify-${id}`}
                    onChange={({ currentTarget }) => backends.choose(id, currentTarget.checked)}
                  />
                  <span>
                    {name} <code>{id}</code>
                  </span>
                </label>
                <p class="note" id={`classify-${id}`}>
                  {state === 'slow' && isChosen ? 'It runs, and is slow.' : detail} {fix}
                </p>
              </li>
            );
          })}
        </ul>
      </fieldset>
    </details>
  );
}
