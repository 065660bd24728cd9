import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { Button } from '../app/parts/Button.tsx';
import type { Classifier } from '../classify/classifier.ts';
import { type Failure, failureOf } from '../classify/link/failure.ts';
import { FailureText } from '../classify/parts/FailureText.tsx';
import type { LessonProps } from './LessonView.tsx';

/** The network learns the classes of whoever is here. All of it is loaded when it is asked for. */
export function Teach({ classifier }: { readonly classifier: Classifier }) {
  const shown = useSignal<{ readonly View: ComponentType<LessonProps> } | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const open = async () => {
    failure.value = undefined;
    try {
      shown.value = { View: (await import('./LessonView.tsx')).LessonView };
    } catch (error) {
      failure.value = failureOf(error);
    }
  };
  const view = shown.value;
  return (
    <section class="classify teach" aria-labelledby="teach-title">
      <h2 id="teach-title">Teach it your own classes</h2>
      <p class="lead">A few images of each are enough to begin with. They stay on this machine.</p>
      {view === undefined ? (
        <p class="actions">
          <Button onClick={() => void open()}>Begin</Button>
        </p>
      ) : (
        <view.View classifier={classifier} />
      )}
      {failure.value !== undefined && <FailureText failure={failure.value} />}
    </section>
  );
}
