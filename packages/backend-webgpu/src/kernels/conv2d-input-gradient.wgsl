// Gradient of a convolution's input as an implicit matrix product, in registers only: each pixel of the input gathers from the outputs that
// read it.
//
//   dx[r, s, c] = sum over taps (u, v) and channels o of w[o, c, u, v] * dy[(r + top - u) / stride, (s + left - v) / stride, o]
//                 over the taps for which both divide without rest, and lie inside the output
//
// dx, dy   NHWC, channels in vec4s, filled up with zeros
// weights  [group][tap][vec4 of c][c in the vec4][vec4 of o in the group], as the convolution reads them
//
// Which taps divide without rest depends on (r, s) modulo the stride alone: such a phase of pixels walks over its own taps. One invocation: ROWS
// pixels of one phase by COLS vec4s of channels of one group. A linear layer is a 1x1 convolution of an image of 1 x samples pixels.

struct Params {
  kernel: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
  samples: u32,
  rows: u32, // of dy
  cols: u32,
  height: u32, // of dx
  width: u32,
  xVectors: u32, // vec4s per pixel
  yVectors: u32,
  groupX: u32, // vec4s per pixel and group
  groupY: u32,
  channels: u32, // of dx, without the filling
  firstVector: u32, // of dx, for this buffer of weights
}

const ROWS: u32 = 8;
const COLS: u32 = 1;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tiles = (p.groupX + COLS - 1) / COLS;
  let phases = p.stride.x * p.stride.y;
  let group = id.z / phases;
  let phase = vec2u(id.z % phases / p.stride.y, id.z % p.stride.y);
  let size = (vec2u(p.height, p.width) + p.stride - vec2u(1) - phase) / p.stride; // rows and columns of the phase
  let pixels = p.samples * size.x * size.y;
  let first = id.y * ROWS;
  if (id.x >= tiles || first >= pixels) { return; }
  let start = (phase + p.pad) % p.stride; // the first tap of the phase
  let reach = (phase + p.pad) / p.stride; // the output that reads the phase's first pixel there

  // Pixels beyond the last are the last again. No branches for them, nor for what is outside the output: see conv2d-tile.wgsl.
  var image: array<i32, ROWS>; // registers
  var top: array<i32, ROWS>; // registers
  var left: array<i32, ROWS>; // registers
  for (var r = 0u; r < ROWS; r++) { // unroll
    let pixel = min(first + r, pixels - 1);
    let row = pixel / size.y;
    image[r] = i32(row / size.x * p.rows);
    top[r] = i32(row % size.x + reach.x);
    left[r] = i32(pixel % size.y + reach.y);
  }

  var sums: array<vec4f, ROWS * COLS>; // registers
  var w: array<mat4x4f, COLS>; // registers
  var at: array<u32, ROWS>; // registers
  var inside: array<vec4<bool>, ROWS>; // registers
  for (var u = start.x; u < p.kernel.x; u += p.stride.x) {
    for (var v = start.y; v < p.kernel.y; v += p.stride.y) {
      for (var r = 0u; r < ROWS; r++) { // unroll
        let i = top[r] - i32(u / p.stride.x);
        let j = left[r] - i32(v / p.stride.y);
        let hit = (i >= 0) & (i < i32(p.rows)) & (j >= 0) & (j < i32(p.cols));
        inside[r] = vec4<bool>(hit);
        at[r] = select(0, u32((image[r] + i) * i32(p.cols) + j) * p.yVectors + group * p.groupY, hit);
      }
      let tap = ((group * p.kernel.x + u) * p.kernel.y + v) * p.groupX;
      for (var o = 0u; o < p.groupY; o++) {
        for (var j = 0u; j < COLS; j++) { // unroll
          let k = 4 * (tap + min(id.x + j * tiles, p.groupX - 1)) * p.groupY + o;
          w[j] = mat4x4f(weights[k], weights[k + p.groupY], weights[k + 2 * p.groupY], weights[k + 3 * p.groupY]);
        }
        for (var r = 0u; r < ROWS; r++) { // unroll
          let value = select(vec4f(), dy[at[r] + o], inside[r]);
          for (var j = 0u; j < COLS; j++) { // unroll
            sums[r * COLS + j] += value * w[j];
          }
        }
      }
    }
  }

  for (var j = 0u; j < COLS; j++) { // unroll
    let inGroup = id.x + j * tiles;
    if (inGroup < p.groupX) {
      let c = p.firstVector + group * p.groupX + inGroup;
      let real = vec4u(4 * c) + vec4u(0, 1, 2, 3) < vec4u(p.channels);
      for (var r = 0u; r < ROWS; r++) { // unroll
        let pixel = min(first + r, pixels - 1);
        let row = pixel / size.y;
        let i = row / size.x * p.height + row % size.x * p.stride.x + phase.x;
        let place = i * p.width + pixel % size.y * p.stride.y + phase.y;
        dx[place * p.xVectors + c] = select(vec4f(), sums[r * COLS + j], real);
      }
    }
  }
}
