// Gradient of softmax from its output: dx[i] = y[i] * (dy[i] - sum over j of dy[j] * y[j])
//
// One workgroup: one sample. Each invocation goes through every 64th feature; the order of the sum is fixed.

struct Params {
  features: u32,
  pitch: u32, // values per sample, with the filling
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;

var<workgroup> scratch: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
  let at = workgroup.x * p.pitch;
  var sum = 0.0;
  for (var i = index; i < p.features; i += 64) { sum += dy[at + i] * y[at + i]; }
  scratch[index] = sum;
  for (var reach = 32u; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (index < reach) { scratch[index] += scratch[index + reach]; }
  }
  let total = workgroupUniformLoad(&scratch[0]);
  for (var i = index; i < p.pitch; i += 64) {
    dx[at + i] = select(0, y[at + i] * (dy[at + i] - total), i < p.features);
  }
}
