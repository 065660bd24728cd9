/*
 * What is used of h5wasm (github.com/usnistgov/h5wasm), the HDF5 C library as WebAssembly: the module behind its public one.
 * The public one starts one instance when it is imported, which prints to the console and cannot be replaced when it has aborted.
 */
declare module '*/h5wasm/dist/esm/hdf5_util.js' {
  /** Starts an instance. */
  const createModule: (settings: import('./module.ts').ModuleSettings) => Promise<import('./module.ts').H5Module>;
  export default createModule;
}
