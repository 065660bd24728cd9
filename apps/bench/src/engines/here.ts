import { browserName } from './browser-name.ts';

/** Something that a browser may have: what it is, or what is missing and how to get it. */
export type Part =
  | { readonly name: string; readonly software: boolean }
  | { readonly missing: string; readonly fix: string };

/** What this browser on this machine offers to engines. */
export interface Here {
  readonly browser: string;
  readonly processors: number;
  /** As far as the browser tells; it rounds, and none says more than 32. */
  readonly memoryGigabytes?: number;
  /** Shared memory, so threads, and a fine clock: only with two headers of the server. */
  readonly isolated: boolean;
  readonly webAssembly: boolean;
  readonly simd: boolean;
  readonly webgpu: Part;
  readonly webgl: Part;
}

/** Finds out what is here. Loads no engine. */
export async function lookAround(): Promise<Here> {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return {
    browser: browserName(navigator),
    processors: navigator.hardwareConcurrency,
    ...(deviceMemory === undefined ? {} : { memoryGigabytes: deviceMemory }),
    isolated: globalThis.crossOriginIsolated,
    webAssembly: typeof WebAssembly === 'object',
    simd: hasSimd(),
    webgpu: await findWebGpu(),
    webgl: findWebGl(),
  };
}

/** Names of adapters that are a program on the processor. */
const software = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

async function findWebGpu(): Promise<Part> {
  const { gpu } = navigator as { gpu?: GPU };
  if (gpu === undefined) {
    const fix = globalThis.isSecureContext
      ? 'Use a current Chrome, Edge, Safari or Firefox; on Linux it may have to be switched on.'
      : 'Open the page over https or from localhost: browsers keep WebGPU from other pages.';
    return { missing: 'This browser has no WebGPU.', fix };
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) {
    return {
      missing: 'The browser has WebGPU and no adapter for it.',
      fix: 'Use a machine with a GPU, or see chrome://gpu for why it is not used.',
    };
  }
  const { vendor, architecture, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture].filter(Boolean).join(' ') || 'an adapter without a name';
  return { name, software: isFallbackAdapter || software.test(name) };
}

function findWebGl(): Part {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) {
    return { missing: 'This browser has no WebGL 2 here.', fix: 'Switch hardware acceleration on in its settings.' };
  }
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext(); // a page has few of them
  return { name, software: software.test(name) };
}

/** A module of one function, which makes a vector of zeros: it is valid where vectors are. */
function hasSimd(): boolean {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const type = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b];
  const functions = [0x03, 0x02, 0x01, 0x00];
  const code = [0x0a, 0x0a, 0x01, 0x08, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x62, 0x0b];
  return (
    typeof WebAssembly === 'object' &&
    WebAssembly.validate(Uint8Array.from([...header, ...type, ...functions, ...code]))
  );
}
