// Weights of a fully connected layer as float32: [vec4 of k][k in the vec4][vec4 of o].

@group(0) @binding(3) var<storage, read> weights: array<vec4f>;

fn columns(k: u32, o: u32, vectors: u32) -> mat4x4f {
  let at = 4 * k * vectors + o;
  return mat4x4f(weights[at], weights[at + vectors], weights[at + 2 * vectors], weights[at + 3 * vectors]);
}

fn scaled(sum: vec4f, o: u32) -> vec4f { return sum; }
