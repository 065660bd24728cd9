import { sizeOf, type Tensor } from '../../../tensor.ts';
import { tensorOf } from '../../weight-source.ts';
import type { Manifest } from '../manifest.ts';
import { parseManifest } from '../parse-manifest.ts';
import { readPart } from '../shard.ts';
import type { WeightFile } from '../write.ts';

export const manifestOf = (files: readonly WeightFile[]): Manifest => parseManifest(files.at(-1)!.data);

/** All parameters of written files as float32. */
export function restore(files: readonly WeightFile[]): Map<string, Tensor> {
  const manifest = manifestOf(files);
  return new Map(
    manifest.parameters.map((parameter) => {
      const data = new Float32Array(sizeOf(parameter.shape));
      let at = 0;
      for (const part of parameter.parts) {
        const rows = tensorOf(readPart(manifest, parameter, part, files[part.shard]!.data)).data;
        data.set(rows, at);
        at += rows.length;
      }
      return [parameter.name, { shape: parameter.shape, data }];
    }),
  );
}
