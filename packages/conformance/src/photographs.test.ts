import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { photographs } from './photographs.ts';

it.each(photographs)('$name is a JPEG file that comes with the package, with its licence', ({ url, credit }) => {
  expect([...readFileSync(url).subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  expect(credit).toMatch(/CC0|public domain/);
});
