// A moving statistic of batch normalisation follows that of a batch, in place: moving = momentum * moving + rest * value.
//
// One invocation: one vec4. rest = (1 - momentum) * M / (M - 1) for a variance, so that the moving one is unbiased.

struct Params {
  size: u32, // vec4s
  momentum: f32,
  rest: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> value: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> moving: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  moving[at] = p.momentum * moving[at] + p.rest * value[at];
}
