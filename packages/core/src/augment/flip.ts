/** Swaps left and right of interleaved RGB, in place. */
export function flip(rgb: Float64Array, width: number): void {
  const stride = width * 3;
  for (let row = 0; row < rgb.length; row += stride) {
    for (let left = row, right = row + stride - 3; left < right; left += 3, right -= 3) {
      for (let c = 0; c < 3; c++) {
        const value = rgb[left + c]!;
        rgb[left + c] = rgb[right + c]!;
        rgb[right + c] = value;
      }
    }
  }
}
