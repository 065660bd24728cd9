import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../app/parts/Button.tsx';
import { ProgressBar } from '../../app/parts/ProgressBar.tsx';
import type { Session } from '../session.ts';

/** How far it is, and a way to stop it. The focus was on the button that started it, which is gone: it comes here. */
export function Running({ session }: { readonly session: Session }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  const { label = '', done, secondsLeft } = session.progress.value ?? {};
  return (
    <div class="running" ref={place} tabIndex={-1}>
      <ProgressBar name="Measured" label={label} done={done} secondsLeft={secondsLeft} />
      <Button onClick={session.cancel}>Cancel</Button>
    </div>
  );
}
