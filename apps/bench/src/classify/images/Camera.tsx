import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../app/parts/Button.tsx';
import type { Failure } from '../link/failure.ts';
import { FailureText } from '../parts/FailureText.tsx';
import { cameraFailure, openCamera, takePicture } from './camera.ts';
import type { ChosenImage } from './chosen-image.ts';

/** The camera, from the click that starts it to the one that stops it. It never runs unseen. */
export function Camera({ onPicture }: { readonly onPicture: (image: ChosenImage) => void }) {
  const stream = useSignal<MediaStream | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const video = useRef<HTMLVideoElement>(null);

  const stop = () => {
    for (const track of stream.value?.getTracks() ?? []) track.stop();
    stream.value = undefined;
  };
  const start = async () => {
    failure.value = undefined;
    try {
      stream.value = await openCamera(stop);
    } catch (error) {
      failure.value = cameraFailure(error);
    }
  };
  const take = async () => {
    try {
      onPicture(await takePicture(video.current!));
    } catch (error) {
      failure.value = cameraFailure(error);
    }
  };

  const shown = stream.value;
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = shown ?? null;
  }, [shown]);
  useEffect(() => stop, []);

  return (
    <>
      {shown === undefined && <Button onClick={() => void start()}>Use the camera</Button>}
      {shown !== undefined && (
        <div class="camera">
          <video ref={video} autoplay playsInline muted aria-label="What the camera sees" />
          <div class="actions">
            <Button primary onClick={() => void take()}>
              Take a picture
            </Button>
            <Button onClick={stop}>Stop the camera</Button>
          </div>
        </div>
      )}
      {failure.value !== undefined && <FailureText failure={failure.value} />}
    </>
  );
}
