import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { PreparedImage } from '../classifier.ts';
import { PictureCanvas } from './PictureCanvas.tsx';
import { centreCrop, type Planes, planeNames, undoPreprocessing } from './undo-preprocessing.ts';

/** The input as the network sees it: resized, cropped, in its channels. */
export function InputView({ prepared }: { readonly prepared: PreparedImage }) {
  const planes = useSignal<Planes>('all');
  const { input, image, network, width, height } = prepared;
  const { preprocessing } = network.variant;
  const names = planeNames(preprocessing.channels);
  const wanted = planes.value === 'all' || planes.value < names.length ? planes.value : 'all';
  const crop = centreCrop(input);
  const picture = useMemo(
    () => undoPreprocessing(input, preprocessing, crop, wanted),
    [input, preprocessing, crop, wanted],
  );
  const what = wanted === 'all' ? '' : `, its ${names[wanted]} alone`;
  return (
    <figure class="input">
      <h3>As the network sees it</h3>
      <PictureCanvas picture={picture} label={`${image.name}, resized and cropped for the network${what}`} />
      {names.length > 1 && (
        <fieldset class="planes" aria-label="Channels">
          {(['all', ...names.keys()] as const).map((plane) => (
            <button key={plane} type="button" aria-pressed={plane === wanted} onClick={() => (planes.value = plane)}>
              {plane === 'all' ? 'all' : names[plane]}
            </button>
          ))}
        </fieldset>
      )}
      <figcaption class="note">
        {width} x {height} pixels became {picture.width} x {picture.height}, {names.join(', ')}
        {input.shape[0] === 10 && '; the middle one of ten crops'}.
      </figcaption>
    </figure>
  );
}
