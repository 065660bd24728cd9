// Square distances from the mean of the batch, per channel, first of two passes:
//
//   parts[q, c] = sum over the pixels of part q of (x[pixel, c] - mean[c])^2
//
// One invocation: four channels of one part; see channel-sum.wgsl.

struct Params {
  size: u32, // vec4s of the parts
  vectors: u32, // vec4s per pixel
  pixels: u32, // of all images
  partPixels: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;
@group(0) @binding(3) var<storage, read> mean: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let c = at % p.vectors;
  let first = at / p.vectors * p.partPixels;
  var sum: vec4f;
  for (var pixel = first; pixel < min(first + p.partPixels, p.pixels); pixel++) {
    let distance = x[pixel * p.vectors + c] - mean[c];
    sum += distance * distance;
  }
  parts[at] = sum;
}
