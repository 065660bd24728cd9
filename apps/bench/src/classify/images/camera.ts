import type { Failure } from '../link/failure.ts';
import { failureOf } from '../link/failure.ts';
import type { ChosenImage } from './chosen-image.ts';

/** Opens the camera, the one at the back where there are two. `onEnd` hears when it is unplugged or taken away. */
export async function openCamera(onEnd: () => void): Promise<MediaStream> {
  // undefined where the page did not come over https
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new DOMException('', 'NotSupportedError');
  const stream = await devices.getUserMedia({ video: { facingMode: 'environment' } });
  for (const track of stream.getTracks()) track.addEventListener('ended', onEnd);
  return stream;
}

export function stopCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

let pictures = 0;

/** What the camera shows now. Pictures are numbered: among many, a name must say which one it is. */
export async function takePicture(video: HTMLVideoElement): Promise<ChosenImage> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) throw new DOMException('', 'NotReadableError');
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  return { name: `picture ${++pictures} of the camera`, file: await canvas.convertToBlob() };
}

const failures: Readonly<Record<string, Omit<Failure, 'code'>>> = {
  NotAllowedError: {
    message: 'The camera was not allowed.',
    fix: 'Allow it for this page in the settings of the browser, or choose a file.',
  },
  NotFoundError: { message: 'There is no camera here.', fix: 'Choose a file, or one of the photographs.' },
  NotReadableError: {
    message: 'The camera gives no picture: it may have only begun, or another program may be using it.',
    fix: 'Close that program, wait a moment, or choose a file.',
  },
  NotSupportedError: {
    message: 'This page may not use a camera: it did not come over https.',
    fix: 'Open it from https: or from localhost, or choose a file.',
  },
};

export const cameraGone: Failure = {
  code: 'camera',
  message: 'The camera has ended: it was unplugged, or something took it away.',
  fix: 'Connect it again, or choose a file.',
};

/** What a refusal means, in words. */
export function cameraFailure(error: unknown): Failure {
  const known = error instanceof DOMException ? failures[error.name] : undefined;
  return known === undefined ? failureOf(error) : { code: 'camera', ...known };
}
