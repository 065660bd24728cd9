// Gradient descent with momentum and weight decay (Krizhevsky et al. 2012, section 5), in place:
//
//   v = momentum * v - weightDecay * r * w - r * g;  w = w + v
//
// One invocation: one vec4, in the parameter's layout. r is the step's learning rate times the parameter's; g is clipped first.

struct Params {
  size: u32, // vec4s
  rate: f32, // what multiplies the learning rate
  weightDecay: f32,
  momentum: f32,
}

struct Step { learningRate: f32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(3) var<uniform> now: Step;
@group(0) @binding(4) var<storage, read> clip: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> velocity: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let r = now.learningRate * p.rate;
  let g = gradient[at] * clip[0].x;
  let v = p.momentum * velocity[at] + (-p.weightDecay * r * w[at] - r * g);
  velocity[at] = v;
  w[at] += v;
}
