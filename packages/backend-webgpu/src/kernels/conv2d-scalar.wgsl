// Convolution one output at a time, for groups whose channels do not fill vec4s.
//
//   y[p, o] = bias[o] + sum over taps (u, v) and channels c of w[o, c, u, v] * x[p * stride + (u, v) - pad, c];  0 outside the image
//
// x, y     NHWC, channels filled up to a multiple of four with zeros
// weights  OIHW as given

struct Params {
  kernel: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
  pixels: u32, // N * rows * cols of the output
  rows: u32,
  cols: u32,
  height: u32,
  width: u32,
  xChannels: u32, // per pixel, with the filling
  yChannels: u32,
  groupX: u32, // per group, without
  groupY: u32,
  channels: u32, // of y, without the filling
  relu: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let o = id.x;
  let pixel = id.y;
  if (o >= p.yChannels || pixel >= p.pixels) { return; }
  let at = pixel * p.yChannels + o;
  if (o >= p.channels) {
    y[at] = 0;
    return;
  }
  let row = pixel / p.cols;
  let image = i32(row / p.rows * p.height);
  let top = i32(row % p.rows * p.stride.x) - i32(p.pad.x);
  let left = i32(pixel % p.cols * p.stride.y) - i32(p.pad.y);
  let first = o / p.groupY * p.groupX;
  var sum = bias[o];
  for (var c = 0u; c < p.groupX; c++) {
    for (var u = 0; u < i32(p.kernel.x); u++) {
      for (var v = 0; v < i32(p.kernel.y); v++) {
        let i = top + u;
        let j = left + v;
        let inside = (i >= 0) & (i < i32(p.height)) & (j >= 0) & (j < i32(p.width));
        let source = select(0, u32((image + i) * i32(p.width) + j) * p.xChannels + first + c, inside);
        let w = weights[((o * p.groupX + c) * p.kernel.x + u32(u)) * p.kernel.y + u32(v)];
        sum += w * select(0, x[source], inside);
      }
    }
  }
  y[at] = select(sum, 0, p.relu == 1 && sum < 0);
}
