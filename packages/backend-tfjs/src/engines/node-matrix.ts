import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { OwnMatrix } from './engine.ts';
import type { NativeBackend } from './node.ts';

/** Smaller ones are made of an array, at once. */
const SMALLEST = 2 ** 23;

/** How many neighbours in a row are written together: the more, the fewer places; all columns must fill such blocks. */
const BLOCKS = [32, 8];

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
  const block = BLOCKS.find((size) => columns % size === 0 && atOnce % size === 0);
  if (block === undefined || 4 * rows * columns < SMALLEST) return undefined;
  const { binding } = backend;
  const type = (name: string, value: string) => ({ name, type: binding['TF_ATTR_TYPE'], value: binding[value] });
  const blocks = columns / block;
  const values = new Float32Array(rows * atOnce);
  const places = new Int32Array((rows * atOnce) / block);
  let matrix = tf.tidy(() =>
    tf.keep(
      backend.executeSingleOutput(
        'Fill',
        [type('T', 'TF_FLOAT'), type('index_type', 'TF_INT32')],
        [tf.tensor1d([rows * blocks, block], 'int32'), tf.scalar(0)],
      ) as Tensor,
    ),
  );
  return {
    columns: (from, to) => ({ values, first: 0, pitch: to - from }),
    written(from, to) {
      const own = (to - from) / block;
      const first = from / block;
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < own; i++) places[row * own + i] = row * blocks + first + i;
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
              tf.tensor2d(values.subarray(0, rows * own * block), [rows * own, block]),
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
