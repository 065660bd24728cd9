// Gradient of the mean loss over the batch with respect to the logits: dz[j] = (softmax(z)[j] - target[j]) / N, the target as in
// softmax-cross-entropy.wgsl.
//
// One workgroup: one sample. Each invocation goes through every 64th feature; the order of the sum is fixed.

struct Params {
  features: u32,
  pitch: u32, // values per sample, with the filling
  samples: u32, // N
  smoothing: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> dz: array<f32>;
@group(0) @binding(3) var<storage, read> labels: array<vec4f>;

var<workgroup> scratch: array<f32, 64>;

// By bits: a compiler may take it that no value differs from itself.
fn isNaN(value: f32) -> bool { return (bitcast<u32>(value) & 0x7fffffff) > 0x7f800000; }

// The greater; NaN wins.
fn greater(a: f32, b: f32) -> f32 { return select(a, b, (b > a || isNaN(b)) && !isNaN(a)); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
  let at = workgroup.x * p.pitch;
  var largest = logits[at];
  for (var i = index; i < p.features; i += 64) { largest = greater(largest, logits[at + i]); }
  scratch[index] = largest;
  for (var reach = 32u; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (index < reach) { scratch[index] = greater(scratch[index], scratch[index + reach]); }
  }
  let top = workgroupUniformLoad(&scratch[0]);

  var sum = 0.0;
  for (var i = index; i < p.features; i += 64) { sum += exp(logits[at + i] - top); }
  scratch[index] = sum;
  for (var reach = 32u; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (index < reach) { scratch[index] += scratch[index + reach]; }
  }
  let total = workgroupUniformLoad(&scratch[0]);

  // Where the largest is NaN or infinite, all are NaN. By bits: exp may make a number of NaN.
  let bits = bitcast<u32>(top);
  let broken = (bits & 0x7f800000) == 0x7f800000;
  let label = u32(labels[workgroup.x].x);
  for (var i = index; i < p.pitch; i += 64) {
    let expected = p.smoothing / f32(p.features) + select(0, 1 - p.smoothing, i == label);
    let gradient = (exp(logits[at + i] - top) / total - expected) / f32(p.samples);
    dz[at + i] = select(0, select(gradient, bitcast<f32>(bits | 0x7fc00000), broken), i < p.features);
  }
}
