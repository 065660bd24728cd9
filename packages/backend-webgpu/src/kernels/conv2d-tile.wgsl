// Convolution as an implicit matrix product, in registers only.
//
//   y[p, o] = bias[o] + sum over taps (u, v) and channels c of w[o, c, u, v] * x[p * stride + (u, v) - pad, c];  0 outside the image
//
// x, y     NHWC, channels in vec4s, filled up with zeros
// weights  [group][tap][vec4 of c][c in the vec4][vec4 of o in the group]
//
// One invocation: ROWS pixels (of all images, one after the other) by COLS vec4s of output channels of one group. Each weight that is read
// serves ROWS pixels, each pixel COLS vec4s. Neighbouring invocations take neighbouring output channels: they read weights
// side by side and the same pixels.

struct Params {
  kernel: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
  pixels: u32, // N * rows * cols of the output
  rows: u32,
  cols: u32,
  height: u32,
  width: u32,
  xVectors: u32, // vec4s per pixel
  yVectors: u32,
  groupX: u32, // vec4s per pixel and group
  groupY: u32,
  channels: u32, // of y, without the filling
  relu: u32,
}

const ROWS: u32 = 8;
const COLS: u32 = 1;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tiles = (p.groupY + COLS - 1) / COLS;
  let first = id.y * ROWS;
  if (id.x >= tiles || first >= p.pixels) { return; }
  let group = id.z;

  // Where each pixel's window starts. Pixels beyond the last are the last again. No branches for them, nor for what is outside the image:
  // there is a shader compiler whose time doubles with each.
  var image: array<i32, ROWS>; // registers
  var top: array<i32, ROWS>; // registers
  var left: array<i32, ROWS>; // registers
  for (var r = 0u; r < ROWS; r++) { // unroll
    let pixel = min(first + r, p.pixels - 1);
    let row = pixel / p.cols;
    image[r] = i32(row / p.rows * p.height);
    top[r] = i32(row % p.rows * p.stride.x) - i32(p.pad.x);
    left[r] = i32(pixel % p.cols * p.stride.y) - i32(p.pad.y);
  }

  var sums: array<vec4f, ROWS * COLS>; // registers
  var w: array<mat4x4f, COLS>; // registers
  var at: array<u32, ROWS>; // registers
  var inside: array<vec4<bool>, ROWS>; // registers
  var next = group * p.kernel.x * p.kernel.y * p.groupX * 4 * p.groupY + id.x;
  for (var u = 0; u < i32(p.kernel.x); u++) {
    for (var v = 0; v < i32(p.kernel.y); v++) {
      for (var r = 0u; r < ROWS; r++) { // unroll
        let i = top[r] + u;
        let j = left[r] + v;
        let hit = (i >= 0) & (i < i32(p.height)) & (j >= 0) & (j < i32(p.width));
        inside[r] = vec4<bool>(hit);
        at[r] = select(0, u32((image[r] + i) * i32(p.width) + j) * p.xVectors + group * p.groupX, hit);
      }
      for (var c = 0u; c < p.groupX; c++) {
        for (var j = 0u; j < COLS; j++) { // unroll
          let o = next + min(j * tiles, p.groupY - 1 - id.x);
          w[j] = mat4x4f(weights[o], weights[o + p.groupY], weights[o + 2 * p.groupY], weights[o + 3 * p.groupY]);
        }
        for (var r = 0u; r < ROWS; r++) { // unroll
          let value = select(vec4f(), x[at[r] + c], inside[r]);
          for (var j = 0u; j < COLS; j++) { // unroll
            sums[r * COLS + j] += w[j] * value;
          }
        }
        next += 4 * p.groupY;
      }
    }
  }

  for (var j = 0u; j < COLS; j++) { // unroll
    let inGroup = id.x + j * tiles;
    if (inGroup < p.groupY) {
      let o = group * p.groupY + inGroup;
      let real = vec4u(4 * o) + vec4u(0, 1, 2, 3) < vec4u(p.channels);
      for (var r = 0u; r < ROWS; r++) { // unroll
        let sum = sums[r * COLS + j] + bias[o];
        let rectified = select(sum, vec4f(), (sum < vec4f()) & vec4<bool>(p.relu == 1));
        y[min(first + r, p.pixels - 1) * p.yVectors + o] = select(vec4f(), rectified, real);
      }
    }
  }
}
