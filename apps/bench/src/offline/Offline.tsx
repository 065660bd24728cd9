import { useEffect, useState } from 'preact/hooks';
import { keepForOffline } from './keep.ts';

/** Keeps the page, and says when it is kept. */
export function Offline() {
  const [kept, setKept] = useState(false);
  useEffect(() => void keepForOffline().then(setKept), []);
  return (
    <p class="note" role="status">
      {kept ? 'Kept for use without a network: this page, and every engine from its first use here on.' : ''}
    </p>
  );
}
