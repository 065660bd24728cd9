import type { Cause } from './diagnosis.ts';
import { imageOf, placeOf, type Subject } from './mistake.ts';

/*
 * Mistakes that are told by where the wrong elements are: the end of an axis is not computed, as when the last tile is left out.
 */

const axes = {
  n: { one: 'sample', many: 'samples' },
  c: { one: 'channel', many: 'channels' },
  r: { one: 'row', many: 'rows' },
  s: { one: 'column', many: 'columns' },
} as const;
type Axis = keyof typeof axes;

/** The ends of axes that hold nothing but 0, or NaN, while all before them is right. `isWrong` tells of the right shape only. */
export function endsNotComputed(subject: Subject, isWrong: (i: number) => boolean): Cause[] {
  const { want, got, batch } = subject;
  const image = imageOf(want.shape.slice(1));
  const extents = { n: batch, c: image[0], r: image[1], s: image[2] };
  const firstWrong = { n: Infinity, c: Infinity, r: Infinity, s: Infinity };
  for (let i = 0; i < want.data.length; i++) {
    if (!isWrong(i)) continue;
    const place = placeOf(i, image);
    for (const axis of Object.keys(axes) as Axis[]) firstWrong[axis] = Math.min(firstWrong[axis], place[axis]);
  }
  const candidates = (Object.keys(axes) as Axis[]).filter((axis) => firstWrong[axis] > 0);
  return candidates.flatMap((axis): Cause[] => {
    const from = firstWrong[axis];
    const holds = (test: (value: number) => boolean) => {
      for (let i = 0; i < got.data.length; i++)
        if (placeOf(i, image)[axis] >= from && !test(got.data[i]!)) return false;
      return true;
    };
    const value = holds((v) => v === 0) ? 'are 0' : holds(Number.isNaN) ? 'are NaN' : undefined;
    if (value === undefined) return [];
    const { one, many } = axes[axis];
    const which = from === extents[axis] - 1 ? `The last ${one} (${from})` : `The ${many} from ${from} on`;
    return [
      {
        id: `${subject.node.op}/end-of-${many}-not-computed`,
        cause: `${which} of ${extents[axis]} ${from === extents[axis] - 1 ? value.replace('are', 'is') : value}: not computed`,
        fix: `Cover all ${extents[axis]} ${many}: round the number of tiles up, and cut the last one at the edge.`,
        explains: 1,
      },
    ];
  });
}
