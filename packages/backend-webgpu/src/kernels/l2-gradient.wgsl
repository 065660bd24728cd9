// A weight's gradient with that of its L2 penalty: y = g + 2 * factor * w, in the weight's layout.
//
// One invocation: one vec4.

struct Params {
  size: u32, // vec4s
  factor: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> w: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  y[at] = g[at] + 2 * p.factor * w[at];
}
