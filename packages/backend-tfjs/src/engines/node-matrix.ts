import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { OwnMatrix } from './engine.ts';
import type { NativeBackend } from './node.ts';

/** Smaller ones are made of an array, at once. */
const SMALLEST = 2 ** 25;

/** Neighbours in a row that are written together. */
const BLOCK = 32;

/**
 * A large matrix of TensorFlow's, which it would copy from an array of the same size. Seen as rows of a block each, those of some columns are
 * updated by an op that works in place (and where it did not, would give back a copy): beside the matrix there are only these columns.
 */
export function matrixInPlace(
  tf: Tfjs,
  backend: NativeBackend,
  [rows, columns]: [number, number],
  atOnce: number,
): OwnMatrix | undefined {
  if (4 * rows * columns < SMALLEST || columns % BLOCK !== 0 || atOnce % BLOCK !== 0) return undefined;
  const { binding } = backend;
  const type = (name: string, value: string) => ({ name, type: binding['TF_ATTR_TYPE'], value: binding[value] });
  const blocks = columns / BLOCK;
  const values = new Float32Array(rows * atOnce);
  const places = new Int32Array((rows * atOnce) / BLOCK);
  let matrix = tf.tidy(() =>
    tf.keep(
      backend.executeSingleOutput(
        'Fill',
        [type('T', 'TF_FLOAT'), type('index_type', 'TF_INT32')],
        [tf.tensor1d([rows * blocks, BLOCK], 'int32'), tf.scalar(0)],
      ) as Tensor,
    ),
  );
  return {
    columns: (from, to) => ({ values, first: 0, pitch: to - from }),
    written(from, to) {
      const own = (to - from) / BLOCK;
      for (let row = 0; row < rows; row++) {
        for (let block = 0; block < own; block++) places[row * own + block] = row * blocks + from / BLOCK + block;
      }
      const before = matrix;
      matrix = tf.tidy(() =>
        tf.keep(
          backend.executeSingleOutput(
            'InplaceUpdate',
            [type('T', 'TF_FLOAT')],
            [
              before,
              tf.tensor1d(places.subarray(0, rows * own), 'int32'),
              tf.tensor2d(values.subarray(0, rows * own * BLOCK), [rows * own, BLOCK]),
            ],
          ) as Tensor,
        ),
      );
      tf.dispose(before);
    },
    tensor() {
      const whole = tf.reshape(matrix, [rows, columns]);
      tf.dispose(matrix);
      return whole;
    },
    release: () => tf.dispose(matrix),
  };
}
