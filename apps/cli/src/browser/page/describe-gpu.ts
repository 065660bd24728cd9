/** Which WebGPU adapter the browser offers, for people. */
export async function describeGpu(): Promise<string> {
  const gpu = (navigator as { readonly gpu?: GPU }).gpu;
  const adapter = await gpu?.requestAdapter();
  if (adapter === undefined || adapter === null) return 'no WebGPU adapter';
  const { vendor, architecture, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture].filter((part) => part !== '').join(' ') || 'without a name';
  return `WebGPU adapter ${name}${isFallbackAdapter ? ', software instead of a GPU' : ''}`;
}
