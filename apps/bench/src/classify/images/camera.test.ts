import { afterEach, describe, expect, it, vi } from 'vitest';
import { cameraFailure, openCamera } from './camera.ts';

describe('a camera that gives nothing', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    { why: 'was not allowed', name: 'NotAllowedError', says: 'The camera was not allowed.', fix: 'settings' },
    { why: 'is not there', name: 'NotFoundError', says: 'There is no camera here.', fix: 'Choose a file' },
    { why: 'is in use', name: 'NotReadableError', says: 'another program may be using it', fix: 'Close that program' },
  ])('is said to be one that $why', ({ name, says, fix }) => {
    expect(cameraFailure(new DOMException('why', name))).toEqual({
      code: 'camera',
      message: expect.stringContaining(says),
      fix: expect.stringContaining(fix),
    });
  });

  it('says what nobody has thought of', () => {
    expect(cameraFailure(new DOMException('It burns.', 'FireError'))).toEqual({
      code: 'failure',
      message: 'It burns.',
    });
  });

  it('is not to be had without https', async () => {
    vi.stubGlobal('navigator', {});
    const failure = await openCamera(() => {}).catch(cameraFailure);
    expect(failure).toMatchObject({ message: expect.stringContaining('did not come over https') });
  });
});
