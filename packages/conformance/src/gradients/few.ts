/** What finds most mistakes in little time, for the level `quick`. */
const few: ReadonlySet<string> = new Set([
  'gradient/conv2d/plain',
  'gradient/conv2d/pads-and-rest/whole',
  'gradient/conv2d/grouped-tails',
  'gradient/linear/batch',
  'gradient/relu/image',
  'gradient/lrn/distinct',
  'gradient/lrn/even-size',
  'gradient/maxPool2d/overlapping/whole',
  'gradient/maxPool2d/ceil-and-pads',
  'gradient/adaptiveAvgPool2d/overlaps',
  'gradient/batchNorm/image',
  'gradient/batchNorm/image-frozen',
  'gradient/pad2d/differ',
  'gradient/flatten/image',
  'gradient/dropout/flat',
  'gradient/softmax/batch',
  'gradient/loss/batch',
  'gradient/loss/confident',
  'gradient/loss/l2-and-smoothing',
  'training/errors/label-no-class',
  'training/kratzert',
  'training/caffe',
]);

export const isAmongFew = (id: string): boolean => few.has(id);
