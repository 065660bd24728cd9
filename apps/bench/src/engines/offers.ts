import { downloadBytes } from './downloads.ts';
import type { Here, Part } from './here.ts';
import { type BackendId, backendNames } from './names.ts';

/** A backend, as far as it is known before anything of it is loaded. */
export interface Offer {
  readonly id: BackendId;
  readonly name: string;
  /** `slow`: it would run, and says nothing of what is fast here, so it has to be asked for. */
  readonly state: 'ready' | 'slow' | 'missing';
  /** What it would run on, why it is off, or what is missing. */
  readonly detail: string;
  /** How to get what is missing. */
  readonly fix?: string;
  /** What its engine takes on its way, compressed; 0: nothing. */
  readonly downloadBytes: number;
}

type Stated = Pick<Offer, 'state' | 'detail' | 'fix'>;

/** All backends, in the order of `backendNames`. */
export function offersOf(here: Here): Offer[] {
  const states: Record<BackendId, Stated> = {
    webgpu: onGpu('WebGPU', here.webgpu),
    'onnx-webgpu': onGpu('WebGPU', here.webgpu),
    'onnx-web': inWebAssembly(here),
    'tfjs-webgpu': onGpu('WebGPU', here.webgpu),
    'tfjs-webgl': onGpu('WebGL 2', here.webgl),
    'tfjs-wasm': inWebAssembly(here),
    'tfjs-cpu': { state: 'slow', detail: 'Off: plain JavaScript, some 20 times slower than WebAssembly.' },
    reference: { state: 'slow', detail: 'Off: it is what the others are judged by, exact and very slow.' },
  };
  return (Object.keys(backendNames) as BackendId[]).map((id) => ({
    id,
    name: backendNames[id],
    downloadBytes: downloadBytes[id],
    ...states[id],
  }));
}

function onGpu(what: string, part: Part): Stated {
  if ('missing' in part) return { state: 'missing', detail: part.missing, fix: part.fix };
  if (!part.software) return { state: 'ready', detail: `${what} on ${part.name}.` };
  return { state: 'slow', detail: `Off: there is no GPU, and in software (${part.name}) its speed says nothing.` };
}

function inWebAssembly({ webAssembly, simd, isolated, processors }: Here): Stated {
  if (!webAssembly || !simd) {
    return {
      state: 'missing',
      detail: webAssembly ? 'WebAssembly here has no vector instructions.' : 'WebAssembly is switched off here.',
      fix: 'Use a current browser, with its protections against WebAssembly switched off for this page.',
    };
  }
  if (!isolated) return { state: 'ready', detail: 'On one thread: the page is not cross-origin isolated.' };
  return { state: 'ready', detail: processors === 1 ? 'On one thread.' : `On up to ${processors} threads.` };
}
