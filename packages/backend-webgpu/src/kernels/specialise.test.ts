import { describe, expect, it } from 'vitest';
import { specialise } from './specialise.ts';

const kernel = `const ROWS: u32 = 2;
const COLS: u32 = 1;
// a comment that says var w[k]
fn main() {
  var w: array<f32, ROWS * COLS>; // registers
  for (var r = 0u; r < ROWS; r++) { // unroll
    for (var j = 0u; j < COLS; j++) { // unroll
      w[r * COLS + j] += x[at.r + r * 7u + rest];
    }
  }
  for (var k = 0u; k < p.size; k++) {
    y[k] = w[0];
  }
}`;

describe('specialise', () => {
  it('writes out marked loops and makes variables of marked arrays', () => {
    expect(specialise(kernel, { COLS: 2 })).toBe(`const ROWS: u32 = 2;
const COLS: u32 = 2;
fn main() {
  var w_0: f32;
  var w_1: f32;
  var w_2: f32;
  var w_3: f32;
  {
    {
      w_0 += x[at.r + 0u * 7u + rest];
    }
    {
      w_1 += x[at.r + 0u * 7u + rest];
    }
  }
  {
    {
      w_2 += x[at.r + 1u * 7u + rest];
    }
    {
      w_3 += x[at.r + 1u * 7u + rest];
    }
  }
  for (var k = 0u; k < p.size; k++) {
    y[k] = w_0;
  }
}`);
  });

  it('keeps the constants of the file where none are given', () => {
    expect(specialise(kernel)).toContain('const ROWS: u32 = 2;\nconst COLS: u32 = 1;');
  });

  it('refuses a constant that the kernel does not have', () => {
    expect(() => specialise(kernel, { DEPTH: 2 })).toThrow('no constant DEPTH');
  });

  it('refuses an index that is not known', () => {
    expect(() => specialise(kernel.replace('w[0]', 'w[k]'))).toThrow('k is not a constant');
  });
});
