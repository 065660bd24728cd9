import type { Preprocessing, Tensor } from '@alexnet/core';
import { type Html, html } from '../html.ts';

const COLUMNS = 16;
/** Screen pixels for one weight. */
const ZOOM = 4;

/** What the first convolution looks for: each filter as a small picture, its values stretched to the full range. Nothing for other weights. */
export function filtersPlot({ shape, data }: Tensor, channels: Preprocessing['channels']): Html {
  const [count = 0, depth, height = 0, width = 0] = shape;
  if (shape.length !== 4 || (depth !== 1 && depth !== 3)) return html``;
  const columns = Math.min(count, COLUMNS);
  const rows = Math.ceil(count / columns);
  const picture = blank(columns * (width + 1) - 1, rows * (height + 1) - 1);
  const size = depth * height * width;
  const planes = depth === 1 ? [0, 0, 0] : channels === 'BGR' ? [2, 1, 0] : [0, 1, 2];
  for (let f = 0; f < count; f++) {
    const filter = data.subarray(f * size, (f + 1) * size);
    const low = filter.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    const high = filter.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    const left = (f % columns) * (width + 1);
    const top = Math.floor(f / columns) * (height + 1);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const rgb = planes.map((plane) => (filter[(plane * height + y) * width + x]! - low) / (high - low || 1));
        picture.set(left + x, top + y, rgb);
      }
    }
  }
  return html`<figure><figcaption>Filters of the first layer</figcaption><img alt="${count} filters of ${height} by ${width}" width="${picture.width * ZOOM}" height="${picture.height * ZOOM}" style="image-rendering: pixelated; max-width: 100%; height: auto" src="${picture.url()}"></figure>
<p class="note">Each is stretched to its own full range. Edges and colours mean that it learnt; noise, that it did not.</p>`;
}

const HEADER_BYTES = 54;

/** A white picture as an uncompressed 24-bit BMP: BITMAPFILEHEADER, BITMAPINFOHEADER, then rows of BGR from below, padded to 4 bytes. */
function blank(width: number, height: number) {
  const stride = Math.ceil((3 * width) / 4) * 4;
  const bytes = new Uint8Array(HEADER_BYTES + stride * height).fill(255, HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, HEADER_BYTES, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  return {
    width,
    height,
    set(x: number, y: number, [red = 0, green = 0, blue = 0]: readonly number[]) {
      bytes.set(
        [blue, green, red].map((value) => Math.round(255 * value)),
        HEADER_BYTES + (height - 1 - y) * stride + 3 * x,
      );
    },
    url: () => `data:image/bmp;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`,
  };
}
