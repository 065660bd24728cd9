// Blocks of pixels become pixels: a convolution with a stride over few channels turns into one without a stride over many.
//
//   y[i, j, (u * block.y + v) * channels + c] = x[i * block.x + u - pad.x, j * block.y + v - pad.y, c];  0 outside the image
//
// x, y     NHWC, channels filled up to a multiple of four with zeros
//
// One invocation: one vec4 of y.

struct Params {
  block: vec2u,
  pad: vec2u, // top, left
  size: u32, // vec4s of y
  vectors: u32, // vec4s of y per pixel
  rows: u32,
  cols: u32,
  height: u32,
  width: u32,
  channels: u32, // of x, without the filling
  pitch: u32, // of x, with it
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let row = pixel / p.cols;
  let channels = at % p.vectors * 4 + vec4u(0, 1, 2, 3);
  let spot = channels / p.channels;
  // Before the first row or column these wrap around to large numbers.
  let i = row % p.rows * p.block.x + spot / p.block.y - p.pad.x;
  let j = pixel % p.cols * p.block.y + spot % p.block.y - p.pad.y;
  let inside = (spot < vec4u(p.block.x * p.block.y)) & (i < vec4u(p.height)) & (j < vec4u(p.width));
  let source = ((row / p.rows * p.height + i) * p.width + j) * p.pitch + channels % p.channels;
  let safe = select(vec4u(), source, inside);
  y[at] = select(vec4f(), vec4f(x[safe.x], x[safe.y], x[safe.z], x[safe.w]), inside);
}
