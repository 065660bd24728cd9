/** The training loss over the steps, thinned out so that it stays small: each point is the mean of `stride` steps. */
export interface LossCurve {
  readonly stride: number;
  /** Point i is the mean of the losses of steps i * stride to (i + 1) * stride - 1. */
  readonly points: readonly number[];
  /** Losses of steps that make no point yet. */
  readonly rest: readonly number[];
}

/** As many as a plot can show. */
const MOST_POINTS = 1024;

export const emptyCurve: LossCurve = { stride: 1, points: [], rest: [] };

/** The curve with the loss of one more step. */
export function withLoss({ stride, points, rest }: LossCurve, loss: number): LossCurve {
  const now = [...rest, loss];
  if (now.length < stride) return { stride, points, rest: now };
  const longer = [...points, now.reduce((sum, value) => sum + value, 0) / stride];
  if (longer.length < MOST_POINTS) return { stride, points: longer, rest: [] };
  const halved = Array.from({ length: MOST_POINTS / 2 }, (_, i) => (longer[2 * i]! + longer[2 * i + 1]!) / 2);
  return { stride: 2 * stride, points: halved, rest: [] };
}
