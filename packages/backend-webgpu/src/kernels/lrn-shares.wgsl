// Gradient of local response normalisation, first of two passes: what each channel passes on to those in its window.
//
//   shares[c] = dy[c] * x[c] * t[c]^(-beta - 1),  t[c] = bias + alpha / size * sum of x[j]^2 for j from c - before to c + after
//
// One invocation: four channels of one pixel.

struct Params {
  size: u32, // vec4s
  vectors: u32, // vec4s per pixel
  channels: u32,
  before: u32,
  after: u32,
  alpha: f32, // divided by the window size
  beta: f32,
  bias: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> shares: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy: array<vec4f>;

// t^-beta, as in lrn.wgsl.
fn power(t: vec4f) -> vec4f {
  let root = inverseSqrt(t);
  if (p.beta == 0.75) { return root * sqrt(root); }
  if (p.beta == 0.5) { return root; }
  if (p.beta == 1) { return 1 / t; }
  return pow(t, vec4f(-p.beta));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let first = i32(at % p.vectors * 4);
  let pixel = at / p.vectors * p.vectors * 4;
  let own = vec4i(first) + vec4i(0, 1, 2, 3);
  var sum: vec4f;
  for (var j = max(0, first - i32(p.before)); j <= min(i32(p.channels) - 1, first + 3 + i32(p.after)); j++) {
    let value = x[pixel + u32(j)];
    let near = (vec4i(j) >= own - vec4i(i32(p.before))) & (vec4i(j) <= own + vec4i(i32(p.after)));
    sum += select(vec4f(), vec4f(value * value), near);
  }
  let t = p.bias + p.alpha * sum;
  let value = vec4f(x[4 * at], x[4 * at + 1], x[4 * at + 2], x[4 * at + 3]);
  shares[at] = select(vec4f(), dy[at] * value * (power(t) / t), own < vec4i(i32(p.channels)));
}
