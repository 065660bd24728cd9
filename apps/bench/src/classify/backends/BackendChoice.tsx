import type { Classifier } from '../classifier.ts';

/** Which backends to compare. What is not here says what is missing. */
export function BackendChoice({ classifier: { backends } }: { readonly classifier: Classifier }) {
  return (
    <fieldset class="panel compare">
      <legend>Backends to compare</legend>
      <ul>
        {backends.offers.map(({ id, name, state, detail, fix }) => (
          <li key={id}>
            <label class={state}>
              <input
                type="checkbox"
                checked={backends.chosen.value.includes(id)}
                disabled={state === 'missing'}
                aria-describedby={`classify-${id}`}
                onChange={({ currentTarget }) => backends.choose(id, currentTarget.checked)}
              />
              <span>
                {name} <code>{id}</code>
              </span>
            </label>
            <p class="note" id={`classify-${id}`}>
              {detail} {fix}
            </p>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
