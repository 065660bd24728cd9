// By what all gradients are multiplied so that their common norm is at most `clip` (Pascanu et al. 2013, algorithm 1):
//
//   factor = 1 where norm <= clip, else clip / norm;  norm = sqrt of the sum of all parts of the sums of squares
//
// One workgroup. Each invocation goes through every 64th part; the order of the sum is fixed.

struct Params {
  parts: u32,
  clip: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> factor: array<vec4f>;

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
    let norm = sqrt(all.x + all.y + (all.z + all.w));
    factor[0] = vec4f(select(p.clip / norm, 1, norm <= p.clip), 0, 0, 0);
  }
}
