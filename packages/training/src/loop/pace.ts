/** How fast steps have been lately. */
export interface Pace {
  /** Notes a step of so many images that is over now. */
  step(images: number): void;
  imagesPerSecond(): number;
  secondsPerStep(): number;
  /** Takes the time since the last step out of the count. */
  pause(): void;
}

/** The share of the newest step in the mean: it follows within some ten steps. */
const NEWEST = 0.1;

/** `now` in milliseconds. */
export function createPace(now: () => number): Pace {
  let last = now();
  let seconds: number | undefined;
  let images: number | undefined;
  const mixed = (mean: number | undefined, value: number) =>
    mean === undefined ? value : (1 - NEWEST) * mean + NEWEST * value;
  return {
    step(count) {
      const time = now();
      seconds = mixed(seconds, (time - last) / 1000);
      images = mixed(images, count);
      last = time;
    },
    imagesPerSecond: () => (images ?? 0) / Math.max(seconds ?? 0, 1e-9),
    secondsPerStep: () => seconds ?? 0,
    pause() {
      last = now();
    },
  };
}
