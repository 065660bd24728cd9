// Adadelta (Zeiler 2012, algorithm 1), in place:
//
//   a = rho * a + (1 - rho) * g^2;  u = g * sqrt(d + epsilon) / sqrt(a + epsilon);  w = w - r * u;  d = rho * d + (1 - rho) * u^2
//
// One invocation: one vec4, in the parameter's layout. r is the step's learning rate times the parameter's; g is clipped first.

struct Params {
  size: u32, // vec4s
  rate: f32, // what multiplies the learning rate
  rho: f32,
  rest: f32, // 1 - rho
  epsilon: f32,
}

struct Step { learningRate: f32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(3) var<uniform> now: Step;
@group(0) @binding(4) var<storage, read> clip: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> square: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> squaredUpdate: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let r = now.learningRate * p.rate;
  let g = gradient[at] * clip[0].x;
  let a = p.rho * square[at] + p.rest * g * g;
  let d = squaredUpdate[at];
  let u = g * sqrt(d + p.epsilon) / sqrt(a + p.epsilon);
  square[at] = a;
  w[at] -= r * u;
  squaredUpdate[at] = p.rho * d + p.rest * u * u;
}
