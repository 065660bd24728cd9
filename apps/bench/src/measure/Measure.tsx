import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { bytesText } from '../app/bytes.ts';
import { Button } from '../app/parts/Button.tsx';
import { FileDrop } from '../app/parts/FileDrop.tsx';
import { Problem } from '../app/parts/Problem.tsx';
import { factsOf } from '../engines/facts.ts';
import type { Here } from '../engines/here.ts';
import type { BackendId } from '../engines/names.ts';
import { type Offer, offersOf } from '../engines/offers.ts';
import { BackendList } from './choice/BackendList.tsx';
import { NetworkSelect } from './choice/NetworkSelect.tsx';
import type { NetworkChoice } from './choice/network-choice.ts';
import { Outcomes } from './running/Outcomes.tsx';
import { Running } from './running/Running.tsx';
import { createSession } from './session.ts';

/** Conformance and speed of all backends of this browser. */
export function Measure({ here }: { readonly here: Here }) {
  const session = useMemo(createSession, []);
  const offers = useMemo(() => offersOf(here), [here]);
  const ready = offers.filter(({ state }) => state === 'ready').map(({ id }) => id);
  const wanted = useSignal<ReadonlySet<BackendId>>(new Set(ready));
  const network = useSignal<NetworkChoice>('quick');
  const running = session.progress.value !== undefined;
  const shown = session.shown.value;
  const message = session.message.value;
  const actions = useRef<HTMLParagraphElement>(null);
  // The button that was pressed is gone when it has run; a result takes the focus itself.
  useEffect(() => {
    if (message !== undefined) actions.current?.querySelector('button')?.focus();
  }, [message]);
  const start = () =>
    session.start({
      backends: offers.map(({ id }) => id).filter((id) => wanted.value.has(id)),
      network: network.value,
      environment: factsOf(here),
    });

  return (
    <section aria-labelledby="measure-title">
      <h2 id="measure-title">Which backend here?</h2>
      <p>
        Each backend is first checked, layer by layer, against an exact computation. Those that are right are then timed
        in turns, so that all have the same conditions.
      </p>
      {running ? (
        <Running session={session} />
      ) : (
        <>
          <p class="actions" ref={actions}>
            <Button primary disabled={wanted.value.size === 0} onClick={() => void start()}>
              {shown === undefined ? 'Measure this browser' : 'Measure again'}
            </Button>
            <span class="note">
              {wanted.value.size === 0
                ? 'Choose a backend below.'
                : loadText(offers.filter(({ id }) => wanted.value.has(id)))}
            </span>
          </p>
          <details class="settings" open={shown === undefined}>
            <summary>What is measured</summary>
            <NetworkSelect chosen={network.value} onChange={(chosen) => (network.value = chosen)} />
            <BackendList
              offers={offers}
              wanted={wanted.value}
              onChange={(backend, on) => {
                const next = new Set(wanted.value);
                if (on) next.add(backend);
                else next.delete(backend);
                wanted.value = next;
              }}
            />
          </details>
        </>
      )}
      {session.outcomes.value.size === 0 ? null : <Outcomes outcomes={session.outcomes.value} />}
      {message === undefined ? null : message.kind === 'problem' ? (
        <Problem>{message.text}</Problem>
      ) : (
        <p role="status">{message.text}</p>
      )}
      {shown === undefined ? null : (
        <shown.View
          key={shown.survey.date}
          survey={shown.survey}
          {...(shown.file === undefined ? {} : { file: shown.file })}
        />
      )}
      {running ? null : (
        <FileDrop
          label="Open a saved result"
          hint="Choose a file, or drop one here. It stays in this browser."
          accept=".json,application/json"
          onFile={(file) => void session.open(file)}
        />
      )}
    </section>
  );
}

/** How much will be loaded, at most: what was loaded before is kept. */
function loadText(chosen: readonly Offer[]): string {
  const bytes = chosen.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0);
  const count = chosen.length === 1 ? '1 backend' : `${chosen.length} backends`;
  return bytes === 0 ? `${count}, nothing to load.` : `${count}, loaded when their turn comes: ${bytesText(bytes)}.`;
}
