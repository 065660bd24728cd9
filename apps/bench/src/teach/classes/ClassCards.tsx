import { useRef } from 'preact/hooks';
import { Button } from '../../app/parts/Button.tsx';
import { MAX_BYTES, MAX_PIXELS } from '../../classify/images/limits.ts';
import { ClassCard } from './ClassCard.tsx';
import { type ClassList, MOST_CLASSES, MOST_IMAGES } from './class-list.ts';

interface Props {
  readonly list: ClassList;
  readonly disabled: boolean;
}

/** All classes, and one more. While they are being learned nothing can be changed. */
export function ClassCards({ list, disabled }: Props) {
  const classes = list.classes.value;
  const place = useRef<HTMLFieldSetElement>(null);
  /** The button that was pressed is gone: the focus goes on to the name beside it. */
  const removed = (index: number) => {
    const names = place.current?.querySelectorAll<HTMLInputElement>('input[type=text]') ?? [];
    (names[index] ?? names[index - 1] ?? place.current?.querySelector('button'))?.focus();
  };
  return (
    <fieldset ref={place} disabled={disabled}>
      <legend class="unseen">Classes</legend>
      <div class="lessons">
        {classes.map((one, index) => (
          <ClassCard
            key={one.id}
            taught={one}
            list={list}
            disabled={disabled}
            onRemove={() => {
              list.remove(one.id);
              requestAnimationFrame(() => removed(index));
            }}
          />
        ))}
      </div>
      <div class="actions">
        <Button disabled={classes.length >= MOST_CLASSES} onClick={list.add}>
          Add a class
        </Button>
        <span class="note">
          Up to {MOST_CLASSES} classes and {MOST_IMAGES} images in all, each up to {MAX_BYTES / 2 ** 20} MB and{' '}
          {MAX_PIXELS / 1e6} million pixels.
        </span>
      </div>
    </fieldset>
  );
}
