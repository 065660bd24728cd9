import type { BackendReport } from '@alexnet/conformance';
import type { Context } from '../commands/command.ts';
import { type ConformancePlan, conformAll } from './conform-all.ts';
import { withHost } from './node-host.ts';

/** The networks that `conform` covers without options: the two most used on all photographs, the others on one. */
export const mainNetworks: ConformancePlan['networks'] = [
  { variant: 'bvlc-alexnet', photographs: 4 },
  { variant: 'torchvision', photographs: 4 },
  { variant: 'caffenet', photographs: 1 },
  { variant: 'onnx-zoo', photographs: 1 },
  { variant: 'cuda-convnet2', photographs: 1 },
  { variant: 'uestcsongtaoli', photographs: 1 },
];

/** `conformAll` in this process. */
export function runAllConformance(plan: ConformancePlan, context: Context): Promise<BackendReport[]> {
  return withHost(context, (host) => conformAll(plan, host));
}
