import { expect, it } from 'vitest';
import { storeWeight } from '../stored/store.ts';
import { errorSum } from '../stored/weight-error.ts';
import { rowReader, storeRows } from './store-rows.ts';

it('stores rows that take more than is read at once as if it were one', async () => {
  const shape = [5, 2 ** 20]; // of float32, 16 MB hold four rows
  const data = Float32Array.from({ length: 5 * 2 ** 20 }, (_, i) => ((i * 7919) % 8191) - 4095 + (i >>> 20) * 5000);
  const read = rowReader(new Map([['fc', { shape, data }]]), undefined);
  const plan = { name: 'fc', shape, precision: 'q8' as const, scales: 'largest' as const, importance: undefined };
  const { data: rows, scales } = await storeRows(plan, [0, 5], read, errorSum());
  const whole = storeWeight({ shape, data }, 'q8');
  if (whole.precision !== 'q8') throw new Error('not q8');
  expect([...new Float32Array(scales!.data.buffer)]).toEqual([...whole.scales]);
  expect(new Int8Array(rows.data.buffer).findIndex((value, i) => value !== whole.data[i])).toBe(-1);
});
