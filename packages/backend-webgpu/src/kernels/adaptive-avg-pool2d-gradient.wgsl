// Gradient of adaptive average pooling: each output's gradient, shared equally by its window. Each pixel of the input gathers from the windows
// that hold it: rows floor(r * h / H) to ceil((r + 1) * h / H), columns likewise; the windows are those of adaptive-avg-pool2d.wgsl.
//
// One invocation: four channels of one pixel of the input.

struct Params {
  size: u32, // vec4s of dx
  vectors: u32, // vec4s per pixel
  rows: u32, // of dy
  cols: u32,
  height: u32, // of dx
  width: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

// How many of `extent` pixels window i of `windows` holds.
fn lengthOf(i: u32, windows: u32, extent: u32) -> u32 {
  return ((i + 1) * extent + windows - 1) / windows - i * extent / windows;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let r = pixel / p.width % p.height;
  let s = pixel % p.width;
  let image = pixel / p.width / p.height * p.rows;
  var sum: vec4f;
  for (var i = r * p.rows / p.height; i < ((r + 1) * p.rows + p.height - 1) / p.height; i++) {
    for (var j = s * p.cols / p.width; j < ((s + 1) * p.cols + p.width - 1) / p.width; j++) {
      let places = lengthOf(i, p.rows, p.height) * lengthOf(j, p.cols, p.width);
      sum += dy[((image + i) * p.cols + j) * p.vectors + at % p.vectors] / f32(places);
    }
  }
  dx[at] = sum;
}
