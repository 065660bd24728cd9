import { useMemo } from 'preact/hooks';
import { activationPicture } from './activations.ts';
import type { Seen } from './looker.ts';
import { PictureCanvas } from './PictureCanvas.tsx';
import { centreCrop } from './undo-preprocessing.ts';

interface Props {
  readonly seen: Seen;
  readonly image: string;
  /** Another is on its way. */
  readonly isOld: boolean;
}

/** A layer's value as pictures, one for every channel. */
export function ActivationView({ seen: { name, input, value }, image, isOld }: Props) {
  const { picture, shape, range, shown, channels } = useMemo(
    () => activationPicture(value, centreCrop(input)),
    [value, input],
  );
  const isMap = shape.length === 3;
  const parts = isMap ? `${shown} channels` : `${shown} values`;
  return (
    <figure class={isOld ? 'old' : ''} aria-busy={isOld}>
      <PictureCanvas picture={picture} label={`${name} for ${image}: ${parts}`} />
      <figcaption class="note">
        <strong>{name}</strong>, {shape.join(' x ')}: from {number(range.min)} (dark) to {number(range.max)} (light)
        {shown < channels && `; the first ${shown} of ${channels} channels`}
        {range.others > 0 && `; ${range.others} values are not finite numbers (pink)`}.
      </figcaption>
    </figure>
  );
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
