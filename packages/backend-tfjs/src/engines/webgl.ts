import type { KernelBackend } from '@tensorflow/tfjs-core';
import { plainForm } from '../lower/form.ts';
import type { Tfjs } from '../tfjs.ts';
import { stateOf } from './active.ts';
import { webglDownload } from './download.ts';
import type { EngineKind } from './engine.ts';
import { failed, importCore } from './import.ts';
import { maxPoolFloor } from './max-pool-floor.ts';
import { own } from './own.ts';

const PACKAGE = '@tensorflow/tfjs-backend-webgl';

const importWebgl = () => import('@tensorflow/tfjs-backend-webgl').catch(failed);

/** What this package uses of tfjs's WebGL backend. */
type WebglBackend = KernelBackend & { readonly gpgpu: Gpgpu };

interface Gpgpu {
  readonly gl: WebGL2RenderingContext;
  /** Reads that wait for the GPU; tfjs asks for each of them again and again. */
  readonly itemsToPoll: { readonly resolveFn: () => void }[];
}

const LOST = 'the WebGL context was lost';

/** WebGL 2 with float textures: browsers, also in workers. */
export const webgl: EngineKind = {
  name: 'webgl',
  backend: 'webgl',
  package: PACKAGE,
  download: webglDownload,
  form: plainForm,
  training: { convolutionInput: 'kernel', convolutionWeight: 'kernel', maxPool: 'turned' },
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
  async start(make, tf) {
    const before = tf.env().getBool('SOFTWARE_WEBGL_ENABLED');
    tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
    try {
      return await make();
    } finally {
      tf.env().set('SOFTWARE_WEBGL_ENABLED', before);
    }
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
    canvas.addEventListener('webglcontextlost', () => lost(LOST), { once: true });
  },

  whyGone: (backend) => ((backend as WebglBackend).gpgpu.gl.isContextLost() ? LOST : undefined),

  giveUp(tf, backend) {
    const { gl, itemsToPoll } = (backend as WebglBackend).gpgpu;
    // a lost context never says that it is done: those who wait would do so for ever
    for (const { resolveFn } of itemsToPoll.splice(0)) resolveFn();
    if (!isShared(tf, gl)) gl.getExtension('WEBGL_lose_context')?.loseContext();
  },
};

/** tfjs has one context for all its backends, which may be one that the page draws with (`setWebGLContext`). */
function isShared(tf: Tfjs, gl: WebGL2RenderingContext): boolean {
  if ((gl.canvas as { readonly isConnected?: boolean }).isConnected === true) return true;
  return Object.values(stateOf(tf).registry).some((backend) => (backend as Partial<WebglBackend>).gpgpu?.gl === gl);
}

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
