import { useEffect, useRef } from 'preact/hooks';
import type { Picture } from './picture.ts';

/** A picture, enlarged without blur; `label` says to those who do not see it what it shows. */
export function PictureCanvas({ picture, label }: { readonly picture: Picture; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { width, height, data } = picture;
    canvas.current?.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
  }, [picture]);
  return (
    <canvas ref={canvas} class="picture" role="img" aria-label={label} width={picture.width} height={picture.height} />
  );
}
