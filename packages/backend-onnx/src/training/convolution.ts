import type { GradientNodeOf, Shape } from '@alexnet/core';
import { padList } from '../model/lowered.ts';
import type { Writer } from './writer.ts';

/*
 * The gradients of a convolution in inference operators; docs/performance/training.md has what each form costs.
 */

/**
 * Of the input. Where the convolution advances by 1 it is a convolution itself, of the output's gradient with the weights turned round and
 * transposed, which is faster than ONNX Runtime's ConvTranspose; else it is that.
 */
export function lowerInputGradient(
  { name, inputs: [dy], weight, shape, stride, pads, groups }: GradientNodeOf<'conv2dInputGradient'>,
  kernel: Shape,
  gradient: Shape,
  write: Writer,
): void {
  const [out, perGroup, kh, kw] = kernel as [number, number, number, number];
  const turned = {
    top: kh - 1 - pads.top,
    left: kw - 1 - pads.left,
    bottom: kh - 1 - pads.bottom,
    right: kw - 1 - pads.right,
  };
  const steps = stride[0] === 1 && stride[1] === 1;
  if (steps && perGroup >= FEW_CHANNELS && Object.values(turned).every((extent) => extent >= 0)) {
    const last = write.ints('turn:from', [-1, -1]);
    const first = write.ints('turn:to', [Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
    const axes = write.ints('turn:axes', [2, 3]);
    write.node('Slice', `${name}:turned`, [weight, last, first, axes, write.ints('turn:steps', [-1, -1])]);
    const split = write.ints(`${name}:split`, [groups, out / groups, perGroup, kh, kw]);
    write.node('Reshape', `${name}:groups`, [`${name}:turned`, split]);
    write.node('Transpose', `${name}:swapped`, [`${name}:groups`], { perm: [0, 2, 1, 3, 4] });
    const joined = write.ints(`${name}:joined`, [groups * perGroup, out / groups, kh, kw]);
    write.node('Reshape', `${name}:kernel`, [`${name}:swapped`, joined]);
    write.node('Conv', name, [dy, `${name}:kernel`], { pads: padList(turned), group: groups });
    return;
  }
  const rest = ([0, 1] as const).map((axis) => {
    const [before, after] = axis === 0 ? [pads.top, pads.bottom] : [pads.left, pads.right];
    return shape[axis + 1]! - ((gradient[axis + 1]! - 1) * stride[axis] + kernel[axis + 2]! - before - after);
  });
  write.node('ConvTranspose', name, [dy, weight], {
    strides: stride,
    pads: padList(pads),
    output_padding: rest,
    group: groups,
  });
}

/** Below this, one matrix product for each place of the kernel has too few columns to be fast. */
const FEW_CHANNELS = 16;

/** Of the weight: as one matrix product for each place of the kernel, or, of few input channels, as a convolution of transposed tensors. */
export function lowerWeightGradient(
  node: GradientNodeOf<'conv2dWeightGradient'>,
  image: Shape,
  gradient: Shape,
  write: Writer,
): void {
  if (image[0]! / node.groups >= FEW_CHANNELS) byPlaces(node, image, gradient, write);
  else byConvolution(node, image, gradient, write);
}

/** dw[:, :, u, v] = DY X(u,v)^T with DY [O, N*rows*cols] and X(u,v) [C, N*rows*cols], what the kernel's place (u, v) saw. */
function byPlaces(
  { name, inputs: [x, dy], kernel: [kh, kw], stride, pads, groups }: GradientNodeOf<'conv2dWeightGradient'>,
  [channels]: Shape,
  [out, rows, cols]: Shape,
  write: Writer,
): void {
  const at = (part: string) => `${name}:${part}`;
  const isPadded = Object.values(pads).some((extent) => extent > 0);
  const around = () => write.ints(at('pads'), [0, 0, pads.top, pads.left, 0, 0, pads.bottom, pads.right]);
  const padded = isPadded ? write.node('Pad', at('padded'), [x, around()]) : x;
  const image = write.node('Transpose', at('image'), [padded], { perm: [1, 0, 2, 3] });
  const turned = write.node('Transpose', at('turned'), [dy], { perm: [1, 0, 2, 3] });
  const flat = write.ints(at('flat'), [out!, -1]);
  const gradient = write.node('Reshape', at('gradient'), [turned, flat]);
  const gradients = inGroups(gradient, out!, groups, write, at('gradient'));
  const axes = write.ints('places:axes', [2, 3]);
  const steps = write.ints(at('steps'), stride);
  const columns = write.ints(at('columns'), [channels!, -1]);
  const place = write.ints(at('place'), [1, out!, channels! / groups]);

  const places: string[] = [];
  for (let u = 0; u < kh; u++) {
    for (let v = 0; v < kw; v++) {
      const here = at(`${u}.${v}`);
      const from = write.ints(`${here}:from`, [u, v]);
      const to = write.ints(`${here}:to`, [u + (rows! - 1) * stride[0] + 1, v + (cols! - 1) * stride[1] + 1]);
      const seen = write.node('Slice', `${here}:seen`, [image, from, to, axes, steps]);
      const matrix = write.node('Reshape', `${here}:matrix`, [seen, columns]);
      const products = inGroups(matrix, channels!, groups, write, `${here}:matrix`).map((part, g) =>
        write.node('Gemm', `${here}:product.${g}`, [gradients[g]!, part], { transB: 1 }),
      );
      const product =
        products.length === 1 ? products[0]! : write.node('Concat', `${here}:product`, products, { axis: 0 });
      places.push(write.node('Reshape', `${here}:weights`, [product, place]));
    }
  }
  const all = write.node('Concat', at('places'), places, { axis: 0 });
  const kernel = write.ints(at('kernel'), [kh, kw, out!, channels! / groups]);
  write.node('Transpose', name, [write.node('Reshape', at('weights'), [all, kernel])], { perm: [2, 3, 0, 1] });
}

/** The rows of a matrix, in as many parts as there are groups. */
function inGroups(matrix: string, rows: number, groups: number, write: Writer, name: string): string[] {
  if (groups === 1) return [matrix];
  const axis = write.ints('groups:axis', [0]);
  return Array.from({ length: groups }, (_, g) => {
    const from = write.ints(`${name}:from.${g}`, [(g * rows) / groups]);
    const to = write.ints(`${name}:to.${g}`, [((g + 1) * rows) / groups]);
    return write.node('Slice', `${name}:group.${g}`, [matrix, from, to, axis]);
  });
}

/** The transposed input convolved with the transposed gradient, whose values lie as far apart as the convolution advanced. */
function byConvolution(
  { name, inputs: [x, dy], kernel, stride, pads, groups }: GradientNodeOf<'conv2dWeightGradient'>,
  [channels]: Shape,
  [out]: Shape,
  write: Writer,
): void {
  const at = (part: string) => `${name}:${part}`;
  const image = write.node('Transpose', at('image'), [x], { perm: [1, 0, 2, 3] });
  const gradient = write.node('Transpose', at('gradient'), [dy], { perm: [1, 0, 2, 3] });
  const gradients = inGroups(gradient, out!, groups, write, at('gradient'));
  const parts = inGroups(image, channels!, groups, write, at('image')).map((part, g) => {
    const whole = write.node('Conv', at(`whole.${g}`), [part, gradients[g]!], {
      pads: padList(pads),
      dilations: stride,
    });
    // rows and columns that no window read give places beyond the kernel's
    const bounds = [
      write.ints('kernel:from', [0, 0]),
      write.ints(at('size'), kernel),
      write.ints('kernel:axes', [2, 3]),
    ];
    const places = write.node('Slice', at(`places.${g}`), [whole, ...bounds]);
    return write.node('Transpose', at(`weights.${g}`), [places], { perm: [1, 0, 2, 3] });
  });
  write.node('Concat', name, parts, { axis: 0 });
}
