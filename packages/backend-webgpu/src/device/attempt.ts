/**
 * Does something at once, and tells what the device had against it. Not for work that waits: what others do meanwhile would be told too.
 * A lost device has nothing against anything: `whileAlive` tells that.
 */
export function attempt<T>(
  gpu: GPUDevice,
  work: () => T,
): { readonly made: T; readonly refused: Promise<GPUError | null> } {
  gpu.pushErrorScope('out-of-memory');
  gpu.pushErrorScope('validation');
  const close = () =>
    Promise.all([gpu.popErrorScope(), gpu.popErrorScope()]).then(
      ([a, b]) => a ?? b,
      () => null,
    );
  try {
    const made = work();
    return { made, refused: close() };
  } catch (error) {
    void close();
    throw error;
  }
}
