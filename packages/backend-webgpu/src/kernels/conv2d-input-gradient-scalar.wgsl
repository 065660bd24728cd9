// Gradient of a convolution's input one value at a time, for groups whose channels do not fill vec4s.
//
//   dx[r, s, c] = sum over taps (u, v) and channels o of w[o, c, u, v] * dy[(r + top - u) / stride, (s + left - v) / stride, o]
//                 over the taps for which both divide without rest, and lie inside the output
//
// dx, dy   NHWC, channels filled up to a multiple of four with zeros
// weights  OIHW as given

struct Params {
  kernel: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
  pixels: u32, // N * height * width of dx
  rows: u32, // of dy
  cols: u32,
  height: u32, // of dx
  width: u32,
  xChannels: u32, // per pixel, with the filling
  yChannels: u32,
  groupX: u32, // per group, without
  groupY: u32,
  channels: u32, // of dx, without the filling
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  let pixel = id.y;
  if (c >= p.xChannels || pixel >= p.pixels) { return; }
  let at = pixel * p.xChannels + c;
  if (c >= p.channels) {
    dx[at] = 0;
    return;
  }
  let row = pixel / p.width;
  let image = row / p.height * p.rows;
  let place = vec2u(row % p.height, pixel % p.width) + p.pad;
  let group = c / p.groupX;
  var sum = 0.0;
  for (var u = place.x % p.stride.x; u < min(p.kernel.x, place.x + 1); u += p.stride.x) {
    let i = (place.x - u) / p.stride.x;
    if (i >= p.rows) { continue; }
    for (var v = place.y % p.stride.y; v < min(p.kernel.y, place.y + 1); v += p.stride.y) {
      let j = (place.y - v) / p.stride.y;
      if (j >= p.cols) { continue; }
      let first = ((image + i) * p.cols + j) * p.yChannels;
      for (var o = group * p.groupY; o < (group + 1) * p.groupY; o++) {
        sum += weights[((o * p.groupX + c % p.groupX) * p.kernel.x + u) * p.kernel.y + v] * dy[first + o];
      }
    }
  }
  dx[at] = sum;
}
