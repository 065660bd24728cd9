// Weights of a fully connected layer as int8 with one float32 scale per output: [vec4 of k][vec4 of o], one word per input, lowest byte first.

@group(0) @binding(3) var<storage, read> weights: array<vec4u>;
@group(0) @binding(4) var<storage, read> scales: array<vec4f>;

fn column(word: u32) -> vec4f {
  return vec4f(vec4i(i32(word << 24), i32(word << 16), i32(word << 8), i32(word)) >> vec4u(24));
}

fn columns(k: u32, o: u32, vectors: u32) -> mat4x4f {
  let words = weights[k * vectors + o];
  return mat4x4f(column(words.x), column(words.y), column(words.z), column(words.w));
}

fn scaled(sum: vec4f, o: u32) -> vec4f { return sum * scales[o]; }
