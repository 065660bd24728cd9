import { useEffect, useRef } from 'preact/hooks';
import type { ImageClassifier } from '../classifier.ts';
import { agreementOf } from './agreement.ts';
import { topFive } from './classes.ts';
import { ResultCard } from './ResultCard.tsx';

/** The five most likely classes on every chosen backend, side by side, and whether they agree. */
export function Results({ classifier: { prepared, runners } }: { readonly classifier: ImageClassifier }) {
  const ready = prepared.value;
  const place = useRef<HTMLDivElement>(null);
  const image = ready?.image;
  useEffect(() => {
    if (image !== undefined) place.current?.scrollIntoView({ block: 'nearest' }); // on small screens it is far below
  }, [image]);
  if (ready === undefined) return null;
  const { labels } = ready.network;
  const done = runners.value.flatMap(({ id, result: { value } }) =>
    value?.input === ready.input ? [{ backend: id, probabilities: value.probabilities }] : [],
  );
  const isComplete = runners.value.every(
    ({ result, failure }) => failure.value !== undefined || result.value?.input === ready.input,
  );
  const nameOf = (index: number) => labels?.[index] ?? (index < 0 ? 'nothing' : `class ${index}`);
  const [first] = done;
  const [top] = first === undefined ? [] : topFive(first.probabilities, labels);
  return (
    <div ref={place}>
      <h3>Classes</h3>
      <p role="status" class="agreement">
        {!isComplete && 'Classifying...'}
        {isComplete && top !== undefined && `${ready.image.name}: ${top.label}. `}
        {isComplete && agreementOf(done, nameOf)}
        {runners.value.length === 0 && 'No backend is chosen.'}
      </p>
      <div class="opinions">
        {runners.value.map((runner) => (
          <ResultCard key={runner.id} runner={runner} input={ready.input} labels={labels} />
        ))}
      </div>
    </div>
  );
}
