import { type ReadonlySignal, signal } from '@preact/signals';
import type { Here } from '../../engines/here.ts';
import type { BackendId } from '../../engines/names.ts';
import { type Offer, offersOf } from '../../engines/offers.ts';

/** How many are compared where nobody has chosen. */
const COMPARED = 2;

/** Which backends there are here, and which are chosen. */
export interface Backends {
  readonly offers: readonly Offer[];
  /** In the order of the offers. */
  readonly chosen: ReadonlySignal<readonly BackendId[]>;
  choose(id: BackendId, isChosen: boolean): void;
}

/** The first two that are no slow substitute are chosen, until a person chooses others. */
export function createBackends(here: Here): Backends {
  const offers = offersOf(here);
  const ready = offers.filter(({ state }) => state === 'ready').slice(0, COMPARED);
  const chosen = signal<readonly BackendId[]>(ready.map(({ id }) => id));
  return {
    offers,
    chosen,
    choose(id, isChosen) {
      const isWanted = (other: BackendId) => (other === id ? isChosen : chosen.value.includes(other));
      chosen.value = offers.map((offer) => offer.id).filter(isWanted);
    },
  };
}
