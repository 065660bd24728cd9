import { plainForm } from '../lower/form.ts';
import { cpuDownload } from './download.ts';
import type { EngineKind } from './engine.ts';
import { failed, importCore } from './import.ts';
import { own } from './own.ts';

const PACKAGE = '@tensorflow/tfjs-backend-cpu';

/** Plain JavaScript: runs everywhere, slowly. */
export const cpu: EngineKind = {
  name: 'cpu',
  backend: 'cpu',
  package: PACKAGE,
  download: cpuDownload,
  form: { ...plainForm, linear: 'rows' },
  training: { convolutionInput: 'kernel', convolutionWeight: 'convolution', maxPool: 'kernel' },
  deterministic: true,
  strictNonFinite: false,
  weightCopies: 1,
  memory: 'host',

  async find(given) {
    const tf = given === undefined ? await importCore(PACKAGE, importCpu) : own(given, 'cpu', PACKAGE);
    return 'missing' in tf ? tf : { tf, device: 'JavaScript', fallback: true };
  },

  /** tfjs recommends tfjs-node on the console; `environment.notes` say how slow this is. */
  afterStart(backend) {
    Object.assign(backend, { firstUse: false });
  },

  describe: (tf) => ({
    engine: `${PACKAGE} ${tf.version_core}`,
    threads: 1,
    simd: false,
    notes: ['Plain JavaScript, one thread: some 20 times slower than WebAssembly.'],
  }),
};

const importCpu = () => import('@tensorflow/tfjs-backend-cpu').catch(failed);
