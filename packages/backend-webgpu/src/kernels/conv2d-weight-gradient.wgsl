// Gradient of a convolution's weight: for each tap, a matrix product of the input's pixels and the output's, summed over batch and space.
//
//   dw[o, c, u, v] = sum over n, i, j of dy[n, i, j, o] * x[n, i * stride + u - top, j * stride + v - left, c];  0 outside the image
//
// x, dy    NHWC, channels in vec4s, filled up with zeros
// dw       [part][group][tap][vec4 of c][c in the vec4][vec4 of o in the group]: parts of the sum, in the weight's own layout
//
// One invocation: ROWS vec4s of c by COLS vec4s of o of one tap and group, over one part of the lines (rows of dy, of all images). Parts are there
// so that there are enough invocations; sum-parts.wgsl adds them. Sums of thousands of terms lose digits: after each block of lines, what the
// registers hold is added to memory, so that no sum has more terms than a block, or than there are blocks.
// A linear layer is a 1x1 convolution of an image of 1 x samples pixels.

struct Params {
  kernel: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
  lines: u32, // N * rows of dy
  rows: u32, // of dy
  cols: u32,
  height: u32, // of x
  width: u32,
  xVectors: u32, // vec4s per pixel
  yVectors: u32,
  groupX: u32, // vec4s per pixel and group
  groupY: u32,
  firstVector: u32, // of x, for this buffer of weights
  groups: u32,
  partLines: u32,
  blockLines: u32,
}

const ROWS: u32 = 2;
const COLS: u32 = 2;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tilesX = (p.groupX + ROWS - 1) / ROWS;
  let tilesY = (p.groupY + COLS - 1) / COLS;
  let taps = p.kernel.x * p.kernel.y;
  if (id.x >= tilesY || id.y >= taps * tilesX) { return; }
  let group = id.z % p.groups;
  let part = id.z / p.groups;
  let tap = id.y / tilesX;
  let firstX = id.y % tilesX;
  let u = i32(tap / p.kernel.y) - i32(p.pad.x);
  let v = i32(tap % p.kernel.y) - i32(p.pad.y);

  // Columns of dy whose pixel is inside the image: from the first j with j * stride + v >= 0 to the last with j * stride + v < width.
  let stride = i32(p.stride.y);
  let firstCol = select(0, (stride - 1 - v) / stride, v < 0);
  let endCol = select(0, min(i32(p.cols), (i32(p.width) - v + stride - 1) / stride), v < i32(p.width));

  var sums: array<mat4x4f, ROWS * COLS>; // registers
  var value: array<vec4f, ROWS>; // registers
  let end = min((part + 1) * p.partLines, p.lines);
  for (var block = part * p.partLines; block < end; block += p.blockLines) {
    for (var n = 0u; n < ROWS; n++) { // unroll
      for (var m = 0u; m < COLS; m++) { // unroll
        sums[n * COLS + m] = mat4x4f();
      }
    }
    for (var line = block; line < min(block + p.blockLines, end); line++) {
      let i = i32(line % p.rows * p.stride.x) + u;
      if (i < 0 || i >= i32(p.height)) { continue; }
      let row = i32(line / p.rows * p.height) + i;
      var xAt = u32(row * i32(p.width) + firstCol * stride + v) * p.xVectors + p.firstVector + group * p.groupX;
      var yAt = (line * p.cols + u32(firstCol)) * p.yVectors + group * p.groupY;
      for (var j = firstCol; j < endCol; j++) {
        for (var n = 0u; n < ROWS; n++) { // unroll
          value[n] = x[xAt + min(firstX + n * tilesX, p.groupX - 1)];
        }
        for (var m = 0u; m < COLS; m++) { // unroll
          let d = dy[yAt + min(id.x + m * tilesY, p.groupY - 1)];
          for (var n = 0u; n < ROWS; n++) { // unroll
            sums[n * COLS + m] += mat4x4f(d * value[n].x, d * value[n].y, d * value[n].z, d * value[n].w);
          }
        }
        xAt += p.stride.y * p.xVectors;
        yAt += p.yVectors;
      }
    }
    let fresh = block == part * p.partLines;
    for (var n = 0u; n < ROWS; n++) { // unroll
      for (var m = 0u; m < COLS; m++) { // unroll
        let c = firstX + n * tilesX;
        let o = id.x + m * tilesY;
        if (c < p.groupX && o < p.groupY) {
          let at = 4 * (((part * p.groups + group) * taps + tap) * p.groupX + c) * p.groupY + o;
          for (var k = 0u; k < 4; k++) {
            let before = select(dw[at + k * p.groupY], vec4f(), fresh);
            dw[at + k * p.groupY] = before + sums[n * COLS + m][k];
          }
        }
      }
    }
  }
}
