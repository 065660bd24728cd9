import { Button } from '../../app/parts/Button.tsx';
import { Camera } from '../../classify/images/Camera.tsx';
import type { ClassList } from './class-list.ts';
import { ImagesDrop } from './ImagesDrop.tsx';
import { Refused } from './Refused.tsx';
import { Thumbnails } from './Thumbnails.tsx';
import type { TaughtClass } from './taught-class.ts';

interface Props {
  readonly taught: TaughtClass;
  readonly list: ClassList;
  readonly disabled: boolean;
  readonly onRemove: () => void;
}

/** One class: its name and its images. */
export function ClassCard({ taught: { id, name, images, refused, reading }, list, disabled, onRemove }: Props) {
  const shown = name.trim() || 'a class without a name';
  const count = images.length === 1 ? '1 image' : `${images.length} images`;
  return (
    <fieldset class="panel lesson" aria-label={shown}>
      <div class="name">
        <label>
          <span>Name</span>
          <input
            type="text"
            value={name}
            maxLength={60}
            autocomplete="off"
            onInput={({ currentTarget }) => list.rename(id, currentTarget.value)}
          />
        </label>
        <Button onClick={onRemove}>
          Remove<span class="unseen"> {shown}</span>
        </Button>
      </div>
      <ImagesDrop of={shown} disabled={disabled} onImages={(given) => void list.give(id, given)} />
      {disabled ? (
        <Button onClick={() => {}}>Use the camera</Button> // it stops: its own button to stop it would be disabled
      ) : (
        <Camera onPicture={(picture) => void list.give(id, [picture])} />
      )}
      <p class="note" aria-hidden="true">
        {count}
        {reading > 0 && `, ${reading} being read`}
      </p>
      {/* ears need not hear of each image */}
      <p class="unseen" role="status">
        {reading === 0 && `${count} of ${shown}`}
      </p>
      {refused.length > 0 && <Refused refused={refused} />}
      <Thumbnails images={images} of={shown} onRemove={(image) => list.removeImage(id, image)} />
    </fieldset>
  );
}
