import type { Colour } from './picture.ts';

/** Matplotlib's viridis as polynomials of degree 6 for red, green and blue (Matt Zucker, public domain), highest power last. */
const coefficients: readonly Colour[] = [
  [0.2777273272, 0.0054073445, 0.3340998053],
  [0.1050930431, 1.4046135299, 1.3845901627],
  [-0.3308618287, 0.2148475595, 0.095095163],
  [-4.6342304985, -5.7991009734, -19.3324409563],
  [6.2282699363, 14.1799333668, 56.6905526007],
  [4.7763849977, -13.7451453777, -65.3530326334],
  [-5.4354558559, 4.6458526122, 26.3124352495],
];

const table = Array.from({ length: 256 }, (_, i) => colourAt(i / 255));

/** From dark violet at 0 to yellow at 1: as light as the value is large, also for people who do not see all colours. */
export function viridis(place: number): Colour {
  return table[Math.round(255 * Math.min(1, Math.max(0, place)))]!;
}

function colourAt(t: number): Colour {
  const channel = (c: number) => 255 * coefficients.reduceRight((sum, row) => sum * t + row[c]!, 0);
  return [channel(0), channel(1), channel(2)];
}
