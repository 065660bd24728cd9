import { useRef } from 'preact/hooks';
import type { LessonImage } from './taught-class.ts';

interface Props {
  readonly images: readonly LessonImage[];
  /** The class. */
  readonly of: string;
  readonly onRemove: (image: number) => void;
}

/** The images of a class, each with a button that takes it out. */
export function Thumbnails({ images, of, onRemove }: Props) {
  const place = useRef<HTMLUListElement>(null);
  const remove = (image: number, index: number) => {
    onRemove(image);
    requestAnimationFrame(() => {
      const buttons = place.current?.querySelectorAll('button') ?? [];
      const next = buttons[index] ?? buttons[index - 1] ?? place.current?.closest('.lesson')?.querySelector('input');
      next?.focus(); // the button that was pressed is gone
    });
  };
  return (
    <ul ref={place} class="thumbnails" aria-label={`Images of ${of}`}>
      {images.map(({ id, name, thumbnail }, index) => (
        <li key={id}>
          <img src={thumbnail} alt={name} width={72} height={72} />
          <button type="button" aria-label={`Remove ${name}`} title="Remove" onClick={() => remove(id, index)}>
            <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
