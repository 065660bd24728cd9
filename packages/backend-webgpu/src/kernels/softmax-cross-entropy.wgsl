// Softmax and cross-entropy in one, stable for logits of any size; per sample, with m the largest logit:
//
//   loss = log(sum over j of exp(z[j] - m)) - sum over j of target[j] * (z[j] - m)
//   target[j] = smoothing / features, and 1 - smoothing more for the label's class (Szegedy et al. 2016, section 7)
//
// logits   [n][feature], filled up
// labels   [n], in a vec4 each; losses likewise
//
// One workgroup: one sample. Each invocation goes through every 64th feature; the order of the sums is fixed.

struct Params {
  features: u32,
  pitch: u32, // values per sample, with the filling
  smoothing: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> losses: array<vec4f>;
@group(0) @binding(3) var<storage, read> labels: array<vec4f>;

var<workgroup> largest: array<f32, 64>;
var<workgroup> sums: array<vec2f, 64>; // of exp, of what is expected

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
  let at = workgroup.x * p.pitch;
  var top = logits[at];
  for (var i = index; i < p.features; i += 64) { top = max(top, logits[at + i]); }
  largest[index] = top;
  for (var reach = 32u; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (index < reach) { largest[index] = max(largest[index], largest[index + reach]); }
  }
  top = workgroupUniformLoad(&largest[0]);

  let label = u32(labels[workgroup.x].x);
  let even = p.smoothing / f32(p.features);
  var sum: vec2f;
  for (var i = index; i < p.features; i += 64) {
    let z = logits[at + i] - top;
    let expected = even + select(0, 1 - p.smoothing, i == label);
    sum += vec2f(exp(z), expected * z);
  }
  sums[index] = sum;
  for (var reach = 32u; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (index < reach) { sums[index] += sums[index + reach]; }
  }
  if (index == 0) { losses[workgroup.x] = vec4f(log(sums[0].x) - sums[0].y, 0, 0, 0); }
}
