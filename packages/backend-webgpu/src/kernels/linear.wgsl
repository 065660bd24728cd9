// Fully connected layer, first of two passes: sums over parts of the input.
//
//   parts[q, n, o] = sum over the inputs k of part q of w[o, k] * x[n, k]
//
// x        [n][vec4 of k], filled up with zeros
// weights  see weights-f32.wgsl, weights-f16.wgsl, weights-q8.wgsl, weights-q4.wgsl: one of them is put before this text, with
//          fn columns(k, o): the 4x4 weights of the k-th vec4 of inputs and the o-th vec4 of outputs, one column per input,
//          fn scaled(sum, o): what remains to be done for a sum
//
// One invocation: ROWS samples by COLS vec4s of outputs. Neighbours take neighbouring outputs, so weights are read side by side and once for
// ROWS samples: with one sample the kernel runs at the speed of memory. The input is cut into parts so that there are
// enough invocations; parts are added by linear-sum.wgsl, in a fixed order, so that results repeat to the bit.

struct Params {
  samples: u32,
  xVectors: u32, // vec4s of x per sample
  yVectors: u32,
  firstPart: u32, // of this buffer of weights
  firstVector: u32, // of x, for this buffer of weights
  vectors: u32, // of x, in this buffer of weights
  partVectors: u32, // of x, per part
}

const ROWS: u32 = 1;
const COLS: u32 = 1;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tiles = (p.yVectors + COLS - 1) / COLS;
  let first = id.y * ROWS;
  if (id.x >= tiles || first >= p.samples) { return; }

  var at: array<u32, ROWS>; // registers
  for (var r = 0u; r < ROWS; r++) { // unroll
    at[r] = min(first + r, p.samples - 1) * p.xVectors + p.firstVector;
  }
  var sums: array<vec4f, ROWS * COLS>; // registers
  var w: array<mat4x4f, COLS>; // registers
  let end = min((id.z + 1) * p.partVectors, p.vectors);
  for (var k = id.z * p.partVectors; k < end; k++) {
    for (var j = 0u; j < COLS; j++) { // unroll
      w[j] = columns(k, min(id.x + j * tiles, p.yVectors - 1), p.yVectors);
    }
    for (var r = 0u; r < ROWS; r++) { // unroll
      let value = x[at[r] + k];
      for (var j = 0u; j < COLS; j++) { // unroll
        sums[r * COLS + j] += w[j] * value;
      }
    }
  }
  for (var j = 0u; j < COLS; j++) { // unroll
    let o = id.x + j * tiles;
    if (o < p.yVectors) {
      for (var r = 0u; r < ROWS; r++) { // unroll
        let sample = min(first + r, p.samples - 1); // beyond the last sample: the last again
        parts[((p.firstPart + id.z) * p.samples + sample) * p.yVectors + o] = scaled(sums[r * COLS + j], o);
      }
    }
  }
}
