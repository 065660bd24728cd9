const PAGE = 2 ** 16;

/**
 * Runs a task, which does not wait, with WebAssembly memory that does not grow over `limit` bytes: it gets no more, and `refuse` is
 * called. The module has no setting for it, and takes whatever a file claims to hold; so its way to more memory is another one until
 * the task returns, during which nothing else runs.
 */
export function withMemoryLimit<T>(limit: number, refuse: () => void, task: () => T): T {
  const { prototype } = WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function growToLimit(pages) {
    if (this.buffer.byteLength + pages * PAGE <= limit) return grow.call(this, pages);
    refuse();
    throw new RangeError(`The memory limit of ${limit} bytes is reached`);
  };
  try {
    return task();
  } finally {
    prototype.grow = grow;
  }
}
