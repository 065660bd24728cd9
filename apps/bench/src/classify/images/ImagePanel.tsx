import { useRef } from 'preact/hooks';
import { LateImage } from '../../app/parts/LateImage.tsx';
import type { Classifier } from '../classifier.ts';
import { filesOfList } from '../drop/files-of-drop.ts';
import { FailureText } from '../parts/FailureText.tsx';
import { Camera } from './Camera.tsx';
import { MAX_BYTES, MAX_PIXELS } from './limits.ts';
import { type Sample, samples } from './samples.ts';

/** Where images come from: a file, a drop, the clipboard, the camera, or a sample. */
export function ImagePanel({ classifier, isOver }: { readonly classifier: Classifier; readonly isOver: boolean }) {
  const { classify, failure, image } = classifier;
  const choose = (input: HTMLInputElement) => {
    const [given] = filesOfList(input.files ?? []);
    input.value = ''; // the same file may be chosen again
    if (given !== undefined) void classify({ name: given.file.name, file: given.file });
  };
  const last = useRef('');
  const take = async ({ title, url }: Sample) => {
    last.current = url;
    const before = image.value;
    // another sample, or an image from elsewhere, may be chosen before the photograph arrives
    const isWanted = () => last.current === url && image.value === before;
    try {
      const file = await bring(url);
      if (isWanted()) void classify({ name: title, file });
    } catch (error) {
      if (isWanted()) classifier.fail(error);
    }
  };
  return (
    <div class={isOver ? 'panel image over' : 'panel image'}>
      <h3>An image</h3>
      <label class="drop">
        <input class="unseen" type="file" accept="image/*" onChange={({ currentTarget }) => choose(currentTarget)} />
        <span>
          <strong>Choose an image</strong>, or drop or paste one
        </span>
        <span class="note">
          Up to {MAX_BYTES / 2 ** 20} MB and {MAX_PIXELS / 1e6} million pixels. It stays on this machine.
        </span>
      </label>
      <Camera onPicture={(picture) => void classify(picture)} />
      <ul class="samples" aria-label="Photographs to try">
        {samples.map((sample) => (
          <li key={sample.url}>
            <button type="button" onClick={() => void take(sample)}>
              <LateImage src={sample.url} alt={sample.title} width={96} height={72} />
            </button>
            <span class="note">{sample.credit}</span>
          </li>
        ))}
      </ul>
      {failure.value !== undefined && <FailureText failure={failure.value} />}
    </div>
  );
}

async function bring(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The photograph did not arrive: ${response.status}`);
  return response.blob();
}
