import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../app/parts/Button.tsx';
import type { Failure } from '../link/failure.ts';
import { FailureText } from '../parts/FailureText.tsx';
import { cameraFailure, cameraGone, openCamera, stopCamera, takePicture } from './camera.ts';
import type { ChosenImage } from './chosen-image.ts';

/** The camera, from the click that starts it to the one that stops it. It never runs unseen. */
export function Camera({ onPicture }: { readonly onPicture: (image: ChosenImage) => void }) {
  const stream = useSignal<MediaStream | undefined>(undefined);
  const isOpening = useSignal(false);
  const failure = useSignal<Failure | undefined>(undefined);
  const video = useRef<HTMLVideoElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const isGone = useRef(false);

  /** The button that was pressed is gone when it has done its work. */
  const focusFirst = () => requestAnimationFrame(() => place.current?.querySelector('button')?.focus());
  const stop = () => {
    if (stream.value !== undefined) stopCamera(stream.value);
    stream.value = undefined;
  };
  const end = () => {
    stop();
    failure.value = cameraGone;
  };
  const start = async () => {
    failure.value = undefined;
    isOpening.value = true; // while the browser asks whether it may
    try {
      const opened = await openCamera(end);
      if (isGone.current) stopCamera(opened);
      else stream.value = opened;
    } catch (error) {
      failure.value = cameraFailure(error);
    } finally {
      isOpening.value = false;
      focusFirst();
    }
  };
  const take = async () => {
    failure.value = undefined;
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
  useEffect(
    () => () => {
      isGone.current = true;
      stop();
    },
    [],
  );

  return (
    <div ref={place}>
      {shown === undefined && (
        <Button disabled={isOpening.value} onClick={() => void start()}>
          Use the camera
        </Button>
      )}
      {shown !== undefined && (
        <div class="camera">
          <video ref={video} autoplay playsInline muted aria-label="What the camera sees" />
          <div class="actions">
            <Button primary onClick={() => void take()}>
              Take a picture
            </Button>
            <Button
              onClick={() => {
                stop();
                focusFirst();
              }}
            >
              Stop the camera
            </Button>
          </div>
        </div>
      )}
      {failure.value !== undefined && <FailureText failure={failure.value} />}
    </div>
  );
}
