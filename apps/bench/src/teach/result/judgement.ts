import { ENOUGH } from '../head/split.ts';
import type { HeldOut } from '../head/teach-head.ts';

interface Judged {
  readonly images: number;
  readonly classes: number;
  readonly heldOut: HeldOut | undefined;
}

/** Below it one image more or less changes the share by five points and more. */
const FEW = 20;

/** How good a head is, as far as anybody can say. */
export function judgement({ images, classes, heldOut }: Judged): string {
  const learned = `It has learned ${classes} classes from ${images} images.`;
  if (heldOut === undefined) {
    return `${learned} How good it is nobody can say: that takes at least ${ENOUGH} images of every class, so that some can be held out. Try it with images that it has not seen.`;
  }
  const { right, images: judged } = heldOut;
  const share = `${((100 * right) / judged).toFixed(0)} %`;
  const rough = judged < FEW ? ' So few images give a rough guess.' : '';
  return `${learned} Held-out images: ${right} of ${judged} right (${share}), by a head that was trained without them; the one that is kept learned from all.${rough}`;
}
