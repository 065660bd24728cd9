// Gradient of local response normalisation (Krizhevsky et al. 2012, section 3.3), second of two passes.
//
//   dx[c] = dy[c] * t[c]^-beta - 2 alpha beta / size * x[c] * sum of shares[j] for j from c - after to c + before: those whose window holds c
//
// t and shares as in lrn-shares.wgsl. One invocation: four channels of one pixel.

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
@group(0) @binding(1) var<storage, read> shares: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<vec4f>;

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
  let reach = i32(max(p.before, p.after));
  let own = vec4i(first) + vec4i(0, 1, 2, 3);
  let before = vec4i(i32(p.before));
  let after = vec4i(i32(p.after));
  var squares: vec4f;
  var passed: vec4f;
  for (var j = max(0, first - reach); j <= min(i32(p.channels) - 1, first + 3 + reach); j++) {
    let value = x[pixel + u32(j)];
    let near = (vec4i(j) >= own - before) & (vec4i(j) <= own + after);
    squares += select(vec4f(), vec4f(value * value), near);
    let reads = (vec4i(j) >= own - after) & (vec4i(j) <= own + before);
    passed += select(vec4f(), vec4f(shares[pixel + u32(j)]), reads);
  }
  let value = vec4f(x[4 * at], x[4 * at + 1], x[4 * at + 2], x[4 * at + 3]);
  let gradient = dy[at] * power(p.bias + p.alpha * squares) - 2 * p.alpha * p.beta * value * passed;
  dx[at] = select(vec4f(), gradient, own < vec4i(i32(p.channels)));
}
