// Mean over windows that divide the image into rows x cols: rows floor(i*H/h) to ceil((i+1)*H/h), columns likewise.
//
// One invocation: four channels of one output pixel.

struct Params {
  size: u32, // vec4s of y
  vectors: u32, // vec4s per pixel
  rows: u32,
  cols: u32,
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = id.x + id.y * workgroups.x * 64;
  if (at >= p.size) { return; }
  let pixel = at / p.vectors;
  let i = pixel / p.cols % p.rows;
  let j = pixel % p.cols;
  let startRow = i * p.height / p.rows;
  let endRow = ((i + 1) * p.height + p.rows - 1) / p.rows;
  let startCol = j * p.width / p.cols;
  let endCol = ((j + 1) * p.width + p.cols - 1) / p.cols;
  let image = pixel / p.cols / p.rows * p.height;
  var sum: vec4f;
  for (var r = startRow; r < endRow; r++) {
    for (var c = startCol; c < endCol; c++) {
      sum += x[((image + r) * p.width + c) * p.vectors + at % p.vectors];
    }
  }
  y[at] = sum / f32((endRow - startRow) * (endCol - startCol));
}
