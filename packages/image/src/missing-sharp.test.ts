import { expect, it, vi } from 'vitest';
import { decodeImage } from './decode-image.ts';

vi.mock('sharp', () => {
  throw new Error('Could not load the "sharp" module using the linux-s390x runtime');
});

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

it('names the package when sharp does not load on this platform', async () => {
  await expect(decodeImage(png)).rejects.toMatchObject({
    code: 'missing-dependency',
    message: expect.stringContaining('sharp'),
    fix: expect.stringContaining('npm install sharp'),
    cause: expect.anything(),
  });
});

it('recognises what is no image even without sharp', async () => {
  await expect(decodeImage(new Uint8Array(3))).rejects.toMatchObject({ code: 'invalid-file' });
});
