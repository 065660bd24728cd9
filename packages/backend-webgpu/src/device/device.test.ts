import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { nullGpu } from '../node/dawn.ts';
import { openDevice } from './device.ts';
import { deviceError } from './errors.ts';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a device', () => {
  it('does not remember what once waited for it', async () => {
    const device = await openDevice(await nullGpu(), { limits: 'default' });
    const result = new WeakRef(await device.whileAlive(Promise.resolve({})));
    await new Promise((resolve) => setTimeout(resolve, 0)); // a WeakRef lives as long as the turn in which it was made
    collectGarbage();
    expect(result.deref()).toBeUndefined();
    device.destroy();
  });

  it('rejects what waits when it is lost, and what comes after', async () => {
    const device = await openDevice(await nullGpu(), { limits: 'default' });
    const never = new Promise(() => {});
    const waiting = device.whileAlive(never);
    device.destroy();
    await expect(waiting).rejects.toMatchObject({ code: 'device-lost' });
    await expect(device.whileAlive(never)).rejects.toMatchObject({ code: 'device-lost' });
  });
});

describe('errors of a device', () => {
  it.each([
    // what browsers throw when host memory for a mapped buffer is short
    {
      cause: new RangeError('createBuffer failed, size (151002112) is too large for the implementation'),
      code: 'out-of-memory',
    },
    { cause: new TypeError('not a buffer'), code: 'backend-failure' },
  ])('are typed: $cause', ({ cause, code }) => {
    expect(deviceError(cause, 'here')).toMatchObject({ code, where: 'here', cause });
  });
});
