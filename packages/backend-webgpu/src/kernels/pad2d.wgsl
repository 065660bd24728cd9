// Zero padding of the spatial dimensions.
//
// One invocation: four channels of one output pixel.

struct Params {
  size: u32, // vec4s of y
  vectors: u32, // vec4s per pixel
  rows: u32,
  cols: u32,
  height: u32,
  width: u32,
  pad: vec2u, // top, left
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let row = pixel / p.cols;
  // Before the first row or column these wrap around to large numbers.
  let i = row % p.rows - p.pad.x;
  let j = pixel % p.cols - p.pad.y;
  let inside = i < p.height && j < p.width;
  let source = ((row / p.rows * p.height + i) * p.width + j) * p.vectors + at % p.vectors;
  y[at] = select(vec4f(), x[select(0, source, inside)], inside);
}
