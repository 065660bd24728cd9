// The second pass of sums over the batch: y[i] = factor * sum over the parts q of parts[q, i], in order.
//
// One invocation: one vec4.

struct Params {
  size: u32, // vec4s of y
  parts: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  var sum: vec4f;
  for (var q = 0u; q < p.parts; q++) { sum += parts[q * p.size + at]; }
  y[at] = p.factor * sum;
}
