// NHWC with filled-up channels to CHW order per sample: what callers get, and what flatten means.
//
// One invocation: one value. A sample of y has `pitch` values: channels * plane of them, then zeros.

struct Params {
  size: u32, // values of y
  pitch: u32, // values of y per sample
  features: u32, // channels * plane
  plane: u32, // height * width
  channels: u32, // of x per pixel, with the filling
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let feature = at % p.pitch;
  let pixel = at / p.pitch * p.plane + feature % p.plane;
  let real = feature < p.features;
  y[at] = select(0, x[select(0, pixel * p.channels + feature / p.plane, real)], real);
}
