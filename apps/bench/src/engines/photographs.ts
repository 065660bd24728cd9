import type { NamedInput } from '@alexnet/benchmark';
import { photographs } from '@alexnet/conformance';
import { type Preprocessing, preprocess, type RgbaImage } from '@alexnet/core';
import { decodeImage } from './decode-image.ts';

/** The photographs as networks expect them; each file is loaded and decoded once, when the first network asks. */
export function createInputs(): (preprocessing: Preprocessing) => Promise<readonly NamedInput[]> {
  let pictures: Promise<readonly { readonly name: string; readonly image: RgbaImage }[]> | undefined;
  return async (preprocessing) => {
    pictures ??= Promise.all(photographs.map(async ({ name, url }) => ({ name, image: await load(url) })));
    return (await pictures).map(({ name, image }) => ({ name, tensor: preprocess(image, preprocessing) }));
  };
}

async function load(url: URL): Promise<RgbaImage> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`A photograph did not arrive: ${response.status} ${response.statusText}`);
  return decodeImage(await response.blob());
}
