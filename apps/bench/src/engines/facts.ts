import type { Here, Part } from './here.ts';

/** What is known of this place, for people: shown on the page and kept in results. */
export function factsOf(here: Here): Record<string, string> {
  const { browser, processors, memoryGigabytes, isolated, webAssembly, simd, webgpu, webgl } = here;
  return {
    Browser: browser,
    Processors: String(processors),
    ...(memoryGigabytes === undefined ? {} : { Memory: `${memoryGigabytes} GB or more` }),
    Threads: isolated ? 'on: the page is cross-origin isolated' : 'off: the page is not cross-origin isolated',
    WebAssembly: webAssembly ? `yes, ${simd ? 'with' : 'without'} vector instructions` : 'no',
    WebGPU: partText(webgpu),
    'WebGL 2': partText(webgl),
  };
}

function partText(part: Part): string {
  if ('missing' in part) return `no. ${part.missing}`;
  return `${part.name}${part.software ? ', in software' : ''}`;
}
