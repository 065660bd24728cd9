// Gradient of batch normalisation's input, through the value and through the batch's statistics; M values per channel:
//
//   dx = scale / d * (dy - db / M - xhat * ds / M),  d = sqrt(variance + epsilon),  xhat = (x - mean) / d
//
// One invocation: one vec4.

struct Params {
  size: u32, // vec4s
  vectors: u32, // vec4s per pixel
  channels: u32,
  count: u32, // M
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<storage, read> mean: array<vec4f>;
@group(0) @binding(4) var<storage, read> variance: array<vec4f>;
@group(0) @binding(5) var<storage, read> dy: array<vec4f>;
@group(0) @binding(6) var<storage, read> ds: array<vec4f>;
@group(0) @binding(7) var<storage, read> db: array<vec4f>;
@group(0) @binding(8) var<storage, read> scale: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let c = at % p.vectors;
  let deviation = sqrt(variance[c] + p.epsilon);
  let xhat = (x[at] - mean[c]) / deviation;
  let value = scale[c] / deviation * (dy[at] - (db[c] + xhat * ds[c]) / f32(p.count));
  dx[at] = select(vec4f(), value, vec4u(4 * c) + vec4u(0, 1, 2, 3) < vec4u(p.channels));
}
