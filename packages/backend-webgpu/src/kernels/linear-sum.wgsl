// Fully connected layer, second of two passes: y[n, o] = bias[o] + sum over the parts q of parts[q, n, o], in order; then ReLU.
//
// One invocation: one vec4 of outputs of one sample.

struct Params {
  size: u32, // samples * vec4s per sample
  vectors: u32, // vec4s per sample
  parts: u32,
  features: u32, // of y, without the filling
  relu: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let o = at % p.vectors;
  var sum = bias[o];
  for (var q = 0u; q < p.parts; q++) { sum += parts[q * p.size + at]; }
  let rectified = select(sum, vec4f(), (sum < vec4f()) & vec4<bool>(p.relu == 1));
  y[at] = select(vec4f(), rectified, vec4u(4 * o) + vec4u(0, 1, 2, 3) < vec4u(p.features));
}
