import type { KernelBackend } from '@tensorflow/tfjs-core';
import { plainForm } from '../lower/form.ts';
import type { EngineKind } from './engine.ts';
import { importCore } from './import.ts';
import { maxPoolFloor } from './max-pool-floor.ts';
import { own } from './own.ts';

const PACKAGE = '@tensorflow/tfjs-backend-webgl';

const importWebgl = () => import('@tensorflow/tfjs-backend-webgl');

/** What this package uses of tfjs's WebGL backend. */
type WebglBackend = KernelBackend & { readonly gpgpu: { readonly gl: WebGL2RenderingContext } };

/** WebGL 2 with float textures: browsers, also in workers. */
export const webgl: EngineKind = {
  name: 'webgl',
  backend: 'webgl',
  package: PACKAGE,
  form: plainForm,
  deterministic: true,
  strictNonFinite: false,
  deviations: [maxPoolFloor],
  weightCopies: 1,
  memory: 'device',

  async find(given) {
    const renderer = rendererHere();
    if (renderer === undefined) {
      return {
        missing: 'There is no WebGL 2 with float textures here',
        fix: 'Use a browser with WebGL 2, or the engine wasm.',
      };
    }
    const tf = given === undefined ? await importCore(PACKAGE, importWebgl) : own(given, 'webgl', PACKAGE);
    return 'missing' in tf ? tf : { tf, device: `WebGL 2 on ${renderer}`, fallback: isSoftware(renderer) };
  },

  /** tfjs refuses software where it is not told otherwise; here only who names this engine gets it. */
  beforeStart(tf) {
    tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  },

  describe(tf, backend) {
    const { gl } = (backend as WebglBackend).gpgpu;
    const renderer = rendererOf(gl);
    return {
      engine: `${PACKAGE} ${tf.version_core}`,
      device: `WebGL 2: ${renderer}`,
      threads: 1,
      notes: isSoftware(renderer) ? ['There is no GPU: software computes instead.'] : [],
    };
  },

  afterStart(backend, lost) {
    const { canvas } = (backend as WebglBackend).gpgpu.gl;
    canvas.addEventListener('webglcontextlost', () => lost('the WebGL context was lost'), { once: true });
  },
};

/** Of a context that is made for the question and given back. */
function rendererHere(): string | undefined {
  if (typeof OffscreenCanvas === 'undefined') return undefined;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (gl === null || gl.getExtension('EXT_color_buffer_float') === null) return undefined;
  const renderer = rendererOf(gl);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}

function rendererOf(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
}

function isSoftware(renderer: string): boolean {
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
