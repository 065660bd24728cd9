// Batch normalisation (Ioffe & Szegedy 2015) by statistics that are on the device:
//
//   y = (x - mean) / sqrt(variance + epsilon) * scale + bias, per channel
//
// One invocation: one vec4.

struct Params {
  size: u32, // vec4s
  vectors: u32, // vec4s per pixel
  channels: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> mean: array<vec4f>;
@group(0) @binding(4) var<storage, read> variance: array<vec4f>;
@group(0) @binding(5) var<storage, read> scale: array<vec4f>;
@group(0) @binding(6) var<storage, read> bias: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let c = at % p.vectors;
  let value = (x[at] - mean[c]) / sqrt(variance[c] + p.epsilon) * scale[c] + bias[c];
  y[at] = select(vec4f(), value, vec4u(4 * c) + vec4u(0, 1, 2, 3) < vec4u(p.channels));
}
