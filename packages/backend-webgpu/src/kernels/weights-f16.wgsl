// Weights of a fully connected layer as float16, two in a word: [vec4 of k][half of the vec4][vec4 of o], each element
// (k0: o0 o1 | k0: o2 o3 | k1: o0 o1 | k1: o2 o3). Unpacked by hand: the feature shader-f16 is not needed, and no half is flushed to zero.

@group(0) @binding(3) var<storage, read> weights: array<vec4u>;

fn float(half: vec4u) -> vec4f {
  let exponent = half & vec4u(0x7c00);
  let shifted = (half & vec4u(0x7fff)) << vec4u(13);
  let normal = bitcast<vec4f>(shifted + select(vec4u(112 << 23), vec4u(224 << 23), exponent == vec4u(0x7c00)));
  let subnormal = vec4f(half & vec4u(0x3ff)) * 0x1p-24;
  let magnitude = select(normal, subnormal, exponent == vec4u());
  return select(magnitude, -magnitude, (half & vec4u(0x8000)) != vec4u());
}

fn column(low: u32, high: u32) -> vec4f {
  return float(vec4u(low & 0xffff, low >> 16, high & 0xffff, high >> 16));
}

fn columns(k: u32, o: u32, vectors: u32) -> mat4x4f {
  let a = weights[2 * k * vectors + o];
  let b = weights[(2 * k + 1) * vectors + o];
  return mat4x4f(column(a.x, a.y), column(a.z, a.w), column(b.x, b.y), column(b.z, b.w));
}

fn scaled(sum: vec4f, o: u32) -> vec4f { return sum; }
