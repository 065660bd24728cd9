// Gradient of max pooling, first of two passes: where in its window each maximum is, counted row by row; of several equal ones the first.
//
// One invocation: four channels of one output pixel.

struct Params {
  size: u32, // vec4s of the places
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
@group(0) @binding(2) var<storage, read_write> places: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let row = pixel / p.cols;
  let top = i32(row % p.rows * p.stride.x) - i32(p.pad.x);
  let left = i32(pixel % p.cols * p.stride.y) - i32(p.pad.y);
  let start = vec2i(max(0, top), max(0, left));
  let end = vec2i(min(i32(p.height), top + i32(p.window.x)), min(i32(p.width), left + i32(p.window.y)));
  let image = i32(row / p.rows * p.height);
  let channels = at % p.vectors;
  var best = x[u32((image + start.x) * i32(p.width) + start.y) * p.vectors + channels];
  var place = vec4u(u32((start.x - top) * i32(p.window.y) + start.y - left));
  for (var i = start.x; i < end.x; i++) {
    for (var j = start.y; j < end.y; j++) {
      let value = x[u32((image + i) * i32(p.width) + j) * p.vectors + channels];
      let above = value > best;
      best = select(best, value, above);
      place = select(place, vec4u(u32((i - top) * i32(p.window.y) + j - left)), above);
    }
  }
  places[at] = place;
}
