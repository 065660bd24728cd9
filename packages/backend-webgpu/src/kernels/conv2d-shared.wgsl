// Convolution as an implicit matrix product, through workgroup memory: for processors whose threads share a fast memory.
//
//   y[p, o] = bias[o] + sum over taps (u, v) and channels c of w[o, c, u, v] * x[p * stride + (u, v) - pad, c];  0 outside the image
//
// Layouts as in conv2d-tile.wgsl.
//
// One workgroup: 64 pixels by 16 vec4s of output channels of one group; one invocation: 8 pixels by 2 vec4s. For each tap and each DEPTH vec4s
// of channels, the workgroup brings 64 * DEPTH vec4s of x and 64 * DEPTH of the weights into its memory, where each is read 8 or 16 times.

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

const DEPTH: u32 = 2;
const PIXELS: u32 = 64;
const VECTORS: u32 = 16;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;

var<workgroup> values: array<vec4f, PIXELS * DEPTH>; // [depth][pixel]
var<workgroup> factors: array<vec4f, VECTORS * 4 * DEPTH>; // [depth][c in the vec4][vec4 of o]

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let group = workgroup.z;
  let firstPixel = workgroup.y * PIXELS;
  let firstVector = workgroup.x * VECTORS;

  // Each invocation brings one pixel, whatever it computes.
  let pixel = min(firstPixel + index, p.pixels - 1);
  let row = pixel / p.cols;
  let image = i32(row / p.rows * p.height);
  let top = i32(row % p.rows * p.stride.x) - i32(p.pad.x);
  let left = i32(pixel % p.cols * p.stride.y) - i32(p.pad.y);

  var sums: array<vec4f, 16>; // registers
  var next = group * p.kernel.x * p.kernel.y * p.groupX * 4;
  for (var u = 0; u < i32(p.kernel.x); u++) {
    for (var v = 0; v < i32(p.kernel.y); v++) {
      let i = top + u;
      let j = left + v;
      let inside = (i >= 0) & (i < i32(p.height)) & (j >= 0) & (j < i32(p.width));
      let at = select(0, u32((image + i) * i32(p.width) + j) * p.xVectors + group * p.groupX, inside);
      for (var c = 0u; c < p.groupX; c += DEPTH) {
        for (var d = 0u; d < DEPTH; d++) {
          let real = c + d < p.groupX;
          let value = x[select(0, at + c + d, real)];
          values[d * PIXELS + index] = select(vec4f(), value, inside & real);
          let o = firstVector + index % VECTORS;
          let k = next + 4 * d + index / VECTORS;
          let usable = real & (o < p.groupY);
          let factor = weights[select(0, k * p.groupY + o, usable)];
          factors[d * PIXELS + index] = select(vec4f(), factor, usable);
        }
        workgroupBarrier();
        for (var d = 0u; d < DEPTH; d++) {
          let f = d * PIXELS + local.x;
          let a = mat4x4f(factors[f], factors[f + 16], factors[f + 32], factors[f + 48]);
          let b = mat4x4f(factors[f + 8], factors[f + 24], factors[f + 40], factors[f + 56]);
          for (var r = 0u; r < 8; r++) { // unroll
            let value = values[d * PIXELS + local.y * 8 + r];
            sums[2 * r] += a * value;
            sums[2 * r + 1] += b * value;
          }
        }
        workgroupBarrier();
        next += 4 * min(DEPTH, p.groupX - c);
      }
    }
  }

  for (var j = 0u; j < 2; j++) { // unroll
    let inGroup = firstVector + local.x + 8 * j;
    // Pixels beyond the last are the last again, to the bit, but for those of another invocation: two that write one value would race.
    if ((inGroup < p.groupY) & (firstPixel + local.y * 8 < p.pixels)) {
      let o = group * p.groupY + inGroup;
      let real = vec4u(4 * o) + vec4u(0, 1, 2, 3) < vec4u(p.channels);
      for (var r = 0u; r < 8; r++) { // unroll
        let at = min(firstPixel + local.y * 8 + r, p.pixels - 1);
        let sum = sums[2 * r + j] + bias[o];
        let rectified = select(sum, vec4f(), (sum < vec4f()) & vec4<bool>(p.relu == 1));
        y[at * p.yVectors + o] = select(vec4f(), rectified, real);
      }
    }
  }
}
