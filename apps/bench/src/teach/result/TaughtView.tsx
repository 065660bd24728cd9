import { useEffect, useRef } from 'preact/hooks';
import type { ImageClassifier } from '../../classify/classifier.ts';
import { Camera } from '../../classify/images/Camera.tsx';
import type { ChosenImage } from '../../classify/images/chosen-image.ts';
import { FailureText } from '../../classify/parts/FailureText.tsx';
import { Results } from '../../classify/results/Results.tsx';
import { ImagesDrop } from '../classes/ImagesDrop.tsx';
import type { Taught } from '../lesson.ts';
import { judgement } from './judgement.ts';
import { SaveNetwork } from './SaveNetwork.tsx';

interface Props {
  readonly taught: Taught;
  readonly trial: ImageClassifier;
}

/** How good the new head is, images to try it with, and the network to take away. */
export function TaughtView({ taught, trial }: Props) {
  const { network, heldOut, images } = taught;
  const tryFirst = async (given: Promise<readonly ChosenImage[]>) => {
    try {
      const [first] = await given;
      if (first !== undefined) await trial.classify(first);
    } catch (error) {
      trial.fail(error);
    }
  };
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.scrollIntoView({ block: 'nearest' }), [taught]);
  return (
    <div class="taught">
      <h3 ref={heading}>What it has learned</h3>
      <p role="status">{judgement({ images, classes: network.labels!.length, heldOut })}</p>
      <SaveNetwork network={network} />
      <div class="panel trial">
        <h3>Try it</h3>
        <ImagesDrop single of="any class" onImages={(given) => void tryFirst(given)} />
        <Camera onPicture={(picture) => void trial.classify(picture)} />
        {trial.failure.value !== undefined && <FailureText failure={trial.failure.value} />}
      </div>
      <Results classifier={trial} />
    </div>
  );
}
