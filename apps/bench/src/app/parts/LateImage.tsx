import { useEffect, useRef, useState } from 'preact/hooks';

export interface LateImageProps {
  readonly src: string;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
}

/** An image that is loaded when it comes into view. `loading="lazy"` begins thousands of pixels before that, so with the page. */
export function LateImage({ src, alt, ...size }: LateImageProps) {
  const place = useRef<HTMLImageElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      setSeen(true);
      observer.disconnect();
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return <img ref={place} alt={alt} {...size} {...(seen ? { src } : {})} />;
}
