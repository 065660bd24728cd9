import { useEffect, useRef, useState } from 'preact/hooks';
import './teach.css';
import { Button } from '../app/parts/Button.tsx';
import { ProgressBar } from '../app/parts/ProgressBar.tsx';
import type { Classifier } from '../classify/classifier.ts';
import { FailureText } from '../classify/parts/FailureText.tsx';
import { Basis } from './Basis.tsx';
import { ClassCards } from './classes/ClassCards.tsx';
import { createLesson } from './lesson.ts';
import { LossPlot } from './result/LossPlot.tsx';
import { TaughtView } from './result/TaughtView.tsx';

export interface LessonProps {
  readonly classifier: Classifier;
}

/** Classes, the lesson, and what came of it. */
export function LessonView({ classifier }: LessonProps) {
  const [lesson] = useState(() => createLesson(classifier));
  useEffect(() => () => lesson[Symbol.dispose](), [lesson]);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector('input')?.focus(), []); // the button that was pressed is gone
  const learning = lesson.learning.value;
  const taught = lesson.taught.value;
  const losses = lesson.losses.value;
  const isLearning = learning !== undefined;
  return (
    <div ref={place}>
      <Basis network={classifier.weights.network.value} backend={classifier.backends.chosen.value[0]} />
      <ClassCards list={lesson.list} disabled={isLearning} />
      <div class="actions">
        {/* one button for both, so that the focus stays */}
        <Button primary={!isLearning} onClick={() => (isLearning ? lesson.cancel() : void lesson.teach())}>
          {isLearning ? 'Cancel' : taught === undefined ? 'Teach' : 'Teach again'}
        </Button>
      </div>
      {isLearning && <ProgressBar name="Taught" done={learning.done} label={learning.label} />}
      {lesson.failure.value !== undefined && <FailureText failure={lesson.failure.value} />}
      {losses.length > 1 && <LossPlot losses={losses} />}
      {taught !== undefined && !isLearning && <TaughtView taught={taught} trial={lesson.trial} />}
    </div>
  );
}
