// Sums of squares, second of two passes: y = factor * the sum of all parts, a scalar in a vec4.
//
// One workgroup. Each invocation goes through every 64th part; the order of the sum is fixed.

struct Params {
  parts: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

var<workgroup> scratch: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) index: u32) {
  var sum: vec4f;
  for (var q = index; q < p.parts; q += 64) { sum += parts[q]; }
  scratch[index] = sum;
  for (var reach = 32u; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (index < reach) { scratch[index] += scratch[index + reach]; }
  }
  if (index == 0) {
    let all = scratch[0];
    y[0] = vec4f(p.factor * (all.x + all.y + (all.z + all.w)), 0, 0, 0);
  }
}
