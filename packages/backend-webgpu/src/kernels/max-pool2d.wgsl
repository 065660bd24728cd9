// Maximum over windows; what lies outside the image does not count, and NaN wins.
//
// One invocation: four channels of one output pixel.

struct Params {
  size: u32, // vec4s of y
  vectors: u32, // vec4s per pixel
  rows: u32,
  cols: u32,
  height: u32,
  width: u32,
  window: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

// By bits: a compiler may take it that no value differs from itself.
fn isNaN(value: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(value) & vec4u(0x7fffffff)) > vec4u(0x7f800000);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let row = pixel / p.cols;
  let top = i32(row % p.rows * p.stride.x) - i32(p.pad.x);
  let left = i32(pixel % p.cols * p.stride.y) - i32(p.pad.y);
  let startRow = u32(max(0, top));
  let startCol = u32(max(0, left));
  let endRow = min(p.height, u32(top + i32(p.window.x)));
  let endCol = min(p.width, u32(left + i32(p.window.y)));
  let image = row / p.rows * p.height;
  let channels = at % p.vectors;
  var best = x[((image + startRow) * p.width + startCol) * p.vectors + channels];
  for (var i = startRow; i < endRow; i++) {
    for (var j = startCol; j < endCol; j++) {
      let value = x[((image + i) * p.width + j) * p.vectors + channels];
      best = select(best, value, (value > best) | isNaN(value));
    }
  }
  y[at] = best;
}
