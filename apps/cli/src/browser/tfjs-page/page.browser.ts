import * as scenarios from './scenarios.ts';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

// The page's own use of tfjs. All scenarios have it: `tf.memory()` asks the active backend.
await tf.setBackend('cpu');
Object.assign(globalThis, { scenarios });
