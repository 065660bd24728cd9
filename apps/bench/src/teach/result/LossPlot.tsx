const [WIDTH, HEIGHT] = [320, 90];

/** How the loss fell, epoch by epoch. */
export function LossPlot({ losses }: { readonly losses: readonly number[] }) {
  const highest = Math.max(...losses);
  const points = losses.map((loss, i) => {
    const [x, y] = [(i / (losses.length - 1)) * WIDTH, HEIGHT * (1 - loss / highest)];
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const [first, last] = [losses[0]!, losses.at(-1)!].map((loss) => loss.toPrecision(2));
  return (
    <figure class="loss">
      <svg
        viewBox={`-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`}
        role="img"
        aria-label={`The loss over ${losses.length} rounds: from ${first} to ${last}`}
      >
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption class="note">
        The loss: how surprised it is by the right class. {first} at first, {last} after {losses.length} rounds.
      </figcaption>
    </figure>
  );
}
