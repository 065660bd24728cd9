/** What tells variants apart whose tensors have the same shapes. A test asks that all such variants are here. */
const distinctions: Readonly<Record<string, string>> = {
  paper: 'normalises with k = 2, then pools; conv1 padded by 3 at the bottom and right; RGB',
  'bvlc-alexnet': 'normalises, then pools; BGR at 227',
  caffenet: 'pools, then normalises; BGR at 227',
  kratzert: 'as bvlc-alexnet, with another mean and resizing',
  guerzhoy: 'as bvlc-alexnet, with conv1 padded by 4; RGB',
  'onnx-zoo': 'as bvlc-alexnet at 224 without padding, which pads pool5; BGR',
  torchvision: 'normalises nothing; RGB, 0 to 1, standardised',
  'cuda-convnet2': 'normalises before ReLU, which follows the pooling; RGB',
};

/** What a variant does differently from others that have the same tensors, for people. */
export function differencesOf(id: string): string {
  return distinctions[id] ?? 'see its definition';
}
