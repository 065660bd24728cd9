// NCHW as callers have it, or flat features, to NHWC with channels in vec4s, filled up with zeros.
//
// One invocation: one vec4.

struct Params {
  size: u32, // vec4s of y
  channels: u32,
  plane: u32, // height * width
  vectors: u32, // vec4s of y per pixel
  pitch: u32, // values of x per sample
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let first = at % p.vectors * 4;
  let source = pixel / p.plane * p.pitch + first * p.plane + pixel % p.plane;
  var value: vec4f;
  for (var i = 0u; i < 4; i++) { // unroll
    value[i] = select(0, x[source + i * p.plane], first + i < p.channels);
  }
  y[at] = value;
}
