import { useSignal } from '@preact/signals';
import { filesOfDrop, filesOfList } from '../../classify/drop/files-of-drop.ts';
import type { ChosenImage } from '../../classify/images/chosen-image.ts';
import type { GivenFile } from '../../classify/weights/given-file.ts';

interface Props {
  /** The class, for those who do not see where it stands. */
  readonly of: string;
  /** Takes the first, where several are given. */
  readonly single?: boolean;
  readonly disabled?: boolean;
  /** What a folder holds takes a while to find. Rejects where the browser may not read it. */
  readonly onImages: (images: Promise<readonly ChosenImage[]>) => void;
}

/** Images by the system's dialogue, or dropped: files and whole folders. */
export function ImagesDrop({ of, single = false, disabled = false, onImages }: Props) {
  const isOver = useSignal(false);
  const give = (files: Promise<readonly GivenFile[]>) =>
    onImages(files.then((found) => found.map(({ file }) => ({ name: file.name, file }))));
  return (
    <label
      class={isOver.value ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault(); // it is for this class, and for no other part of the page
        isOver.value = !disabled;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        if (!disabled) give(filesOfDrop(event.dataTransfer!));
      }}
    >
      <input
        class="unseen"
        type="file"
        accept="image/*"
        multiple={!single}
        disabled={disabled}
        onChange={({ currentTarget }) => {
          const given = filesOfList(currentTarget.files ?? []);
          currentTarget.value = ''; // the same files may be chosen again
          if (given.length > 0) give(Promise.resolve(given));
        }}
      />
      <span>
        <strong>{single ? 'Choose an image' : 'Choose images'}</strong>
        <span class="unseen"> of {of}</span>, or drop {single ? 'one' : 'them'} here
      </span>
    </label>
  );
}
