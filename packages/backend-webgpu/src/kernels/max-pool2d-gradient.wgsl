// Gradient of max pooling, second of two passes: each pixel of the input gathers from the windows that hold it and have their maximum there.
// No atomics: windows are added in their order.
//
//   dx[r, s, c] = sum of dy[i, j, c] over the windows (i, j) with (i, j) * stride - pad + place[i, j, c] = (r, s)
//
// One invocation: four channels of one pixel of the input.

struct Params {
  size: u32, // vec4s of dx
  vectors: u32, // vec4s per pixel
  rows: u32, // of dy
  cols: u32,
  height: u32, // of dx
  width: u32,
  window: vec2u,
  stride: vec2u,
  pad: vec2u, // top, left
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> places: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy: array<vec4f>;

// The first of the windows that hold a place: the least i with i * stride + window > place.
fn firstOf(place: vec2u) -> vec2u {
  return select(vec2u(), (place - p.window) / p.stride + vec2u(1), place >= p.window);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let row = pixel / p.width;
  let place = vec2u(row % p.height, pixel % p.width) + p.pad;
  let start = firstOf(place);
  let end = min(place / p.stride + vec2u(1), vec2u(p.rows, p.cols));
  let image = row / p.height * p.rows;
  var sum: vec4f;
  for (var i = start.x; i < end.x; i++) {
    for (var j = start.y; j < end.y; j++) {
      let own = (place.x - i * p.stride.x) * p.window.y + place.y - j * p.stride.y;
      let source = ((image + i) * p.cols + j) * p.vectors + at % p.vectors;
      sum += select(vec4f(), dy[source], places[source] == vec4u(own));
    }
  }
  dx[at] = sum;
}
