// Gradient of a convolution's weight one value at a time, for groups whose channels do not fill vec4s.
//
//   dw[o, c, u, v] = sum over n, i, j of dy[n, i, j, o] * x[n, i * stride + u - top, j * stride + v - left, c];  0 outside the image
//
// x, dy    NHWC, channels filled up to a multiple of four with zeros
// dw       [part][OIHW], each part filled up to whole vec4s
//
// One invocation: one weight, over one part of the lines (rows of dy, of all images). Lines are added in blocks, as in conv2d-weight-gradient.wgsl.

struct Params {
  kernel: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
  lines: u32, // N * rows of dy
  rows: u32, // of dy
  cols: u32,
  height: u32, // of x
  width: u32,
  xChannels: u32, // per pixel, with the filling
  yChannels: u32,
  groupX: u32, // per group, without
  groupY: u32,
  weights: u32,
  pitch: u32, // weights, with the filling
  partLines: u32,
  blockLines: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.x;
  let part = id.y;
  if (at >= p.pitch) { return; }
  if (at >= p.weights) {
    dw[part * p.pitch + at] = 0;
    return;
  }
  let v = i32(at % p.kernel.y) - i32(p.pad.y);
  let u = i32(at / p.kernel.y % p.kernel.x) - i32(p.pad.x);
  let o = at / p.kernel.y / p.kernel.x / p.groupX;
  let c = at / p.kernel.y / p.kernel.x % p.groupX + o / p.groupY * p.groupX;
  let end = min((part + 1) * p.partLines, p.lines);
  var total = 0.0;
  for (var block = part * p.partLines; block < end; block += p.blockLines) {
    var sum = 0.0;
    for (var line = block; line < min(block + p.blockLines, end); line++) {
      let i = i32(line % p.rows * p.stride.x) + u;
      if (i < 0 || i >= i32(p.height)) { continue; }
      let row = (line / p.rows * p.height + u32(i)) * p.width;
      for (var j = 0u; j < p.cols; j++) {
        let k = i32(j * p.stride.y) + v;
        if (k < 0 || k >= i32(p.width)) { continue; }
        sum += dy[(line * p.cols + j) * p.yChannels + o] * x[(row + u32(k)) * p.xChannels + c];
      }
    }
    total += sum;
  }
  dw[part * p.pitch + at] = total;
}
