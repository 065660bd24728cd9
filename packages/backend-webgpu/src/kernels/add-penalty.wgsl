// Adds a penalty to the loss, in place: loss = loss + penalty. Scalars, in a vec4 each. One invocation.

struct Params { size: u32 } // vec4s: 1

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> penalty: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> loss: array<vec4f>;

@compute @workgroup_size(1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.size) { return; }
  loss[id.x] += penalty[id.x];
}
