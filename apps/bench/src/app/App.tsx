import { factsOf } from '../engines/facts.ts';
import type { Here } from '../engines/here.ts';
import { Measure } from '../measure/Measure.tsx';
import { Offline } from '../offline/Offline.tsx';
import { Environment } from './Environment.tsx';
import { Isolation } from './Isolation.tsx';
import { Network } from './Network.tsx';

/** The whole page; `here` is not known at once, and the page does not wait for it. */
export function App({ here }: { readonly here?: Here }) {
  return (
    <>
      <header>
        <h1>AlexNet in this browser</h1>
        <p class="lead">
          Which way to run a neural network is right here, and which is fastest? Measured on your own machine; nothing
          leaves it.
        </p>
      </header>
      <main>
        {here === undefined ? null : (
          <>
            {here.isolated ? null : <Isolation />}
            <Measure here={here} />
            <Network here={here} />
            <section aria-labelledby="here-title">
              <h2 id="here-title">This browser</h2>
              <Environment facts={factsOf(here)} />
              <Offline />
            </section>
          </>
        )}
      </main>
    </>
  );
}
