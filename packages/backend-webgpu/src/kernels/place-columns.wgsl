// Some columns of a matrix, brought to their place in it: y[line, from + c] = x[line, c]. Weights, whatever they hold: bits are copied.
//
// One invocation: two words.

struct Params {
  size: u32, // of x; all in pairs of words
  width: u32, // of a line of x
  pitch: u32, // of a line of y
  start: u32, // of the first line of x in y
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> y: array<vec2u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  y[at / p.width * p.pitch + p.start + at % p.width] = x[at];
}
