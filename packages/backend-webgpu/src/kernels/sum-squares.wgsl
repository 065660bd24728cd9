// Sums of squares, first of two passes: parts[first + q] = sum of x[i]^2 over every parts-th vec4 i, from the q-th on.
//
// One invocation: one part. About as many parts as each has vec4s, for the sake of digits; total.wgsl or clip-factor.wgsl adds them.

struct Params {
  size: u32, // vec4s of x
  parts: u32,
  first: u32, // where the parts begin
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.parts) { return; }
  var sum: vec4f;
  for (var i = id.x; i < p.size; i += p.parts) { sum += x[i] * x[i]; }
  parts[p.first + id.x] = sum;
}
