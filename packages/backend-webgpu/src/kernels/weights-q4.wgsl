// Weights of a fully connected layer as 4 bits, offset by 8, with one float16 scale per output and 32 inputs: [vec4 of k][vec4 of o], two words
// of eight nibbles, lowest first, for (k0: o0 o1 o2 o3, k1: ...). Scales [32 of k][vec4 of o], two in a word.

@group(0) @binding(3) var<storage, read> weights: array<vec2u>;
@group(0) @binding(4) var<storage, read> scales: array<vec2u>;

fn float(half: vec4u) -> vec4f {
  let normal = bitcast<vec4f>(((half & vec4u(0x7fff)) << vec4u(13)) + vec4u(112 << 23));
  let subnormal = vec4f(half & vec4u(0x3ff)) * 0x1p-24;
  let magnitude = select(normal, subnormal, (half & vec4u(0x7c00)) == vec4u());
  return select(magnitude, -magnitude, (half & vec4u(0x8000)) != vec4u());
}

fn column(bits: u32, scale: vec4f) -> vec4f {
  return vec4f(vec4i((vec4u(bits) >> vec4u(0, 4, 8, 12)) & vec4u(15)) - vec4i(8)) * scale;
}

fn columns(k: u32, o: u32, vectors: u32) -> mat4x4f {
  let words = weights[k * vectors + o];
  let halves = scales[k / 8 * vectors + o];
  let scale = float(vec4u(halves.x & 0xffff, halves.x >> 16, halves.y & 0xffff, halves.y >> 16));
  return mat4x4f(column(words.x, scale), column(words.x >> 16, scale), column(words.y, scale), column(words.y >> 16, scale));
}

fn scaled(sum: vec4f, o: u32) -> vec4f { return sum; }
