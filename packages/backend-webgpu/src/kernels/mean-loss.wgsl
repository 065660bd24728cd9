// The mean of the samples' losses: loss = sum over n of losses[n] / N. Scalars, in a vec4 each.
//
// One workgroup. Each invocation goes through every 64th sample; the order of the sum is fixed.

struct Params { samples: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> losses: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> loss: array<vec4f>;

var<workgroup> scratch: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) index: u32) {
  var sum = 0.0;
  for (var n = index; n < p.samples; n += 64) { sum += losses[n].x; }
  scratch[index] = sum;
  for (var reach = 32u; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (index < reach) { scratch[index] += scratch[index + reach]; }
  }
  if (index == 0) { loss[0] = vec4f(scratch[0] / f32(p.samples), 0, 0, 0); }
}
