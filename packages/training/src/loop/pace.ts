/** How fast steps have been lately. */
export interface Pace {
  /** Notes a step of so many images that is over now. */
  step(images: number): void;
  imagesPerSecond(): number;
  secondsPerStep(): number;
  /** Takes the time since the last step out of the count. */
  pause(): void;
}

/** Means follow within so many steps: of the first ones, which also start threads and compile, none counts for more than the others. */
const MEMORY = 10;

/** `now` in milliseconds. */
export function createPace(now: () => number): Pace {
  let last = now();
  let steps = 0;
  let seconds = 0;
  let images = 0;
  return {
    step(count) {
      const time = now();
      const share = 1 / Math.min(++steps, MEMORY);
      seconds += share * ((time - last) / 1000 - seconds);
      images += share * (count - images);
      last = time;
    },
    imagesPerSecond: () => images / Math.max(seconds, 1e-9),
    secondsPerStep: () => seconds,
    pause() {
      last = now();
    },
  };
}
