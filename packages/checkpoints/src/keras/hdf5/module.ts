/*
 * The parts of h5wasm's instance that are used: HDF5 calls by path, and Emscripten's file system.
 * Numbers that C calls hid_t and hsize_t are bigint.
 */

/** What an instance is started with. */
export interface ModuleSettings {
  readonly noInitialRun: boolean;
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
  /** What a file reads that pretends to be standard input; Emscripten would ask the user. */
  readonly stdin: () => null;
}

/** How HDF5 describes a dataset or an attribute. */
export interface H5Metadata {
  /** H5T_class_t. */
  readonly type: number;
  /** Bytes per element. */
  readonly size: number;
  readonly signed: boolean;
  /** Whether a string's length varies. */
  readonly vlen: boolean;
  readonly total_size: number;
  /** Null for one that holds nothing. */
  readonly shape: readonly number[] | null;
  readonly chunks?: readonly number[] | null;
  readonly virtual_sources?: readonly unknown[];
}

/** H5T_class_t. */
export const typeClass = { integer: 0, float: 1, string: 3, opaque: 5, enum: 8 } as const;
/** H5G_obj_t. */
export const objectType = { group: 0, dataset: 1 } as const;
/** H5Z_filter_t. */
export const filter = { deflate: 1, shuffle: 2, fletcher32: 3 } as const;

export interface H5Module {
  readonly HEAPU8: Uint8Array;
  readonly FS: EmscriptenFiles;
  _H5open(): number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  /** Negative when it fails, which includes a file that is not HDF5. Mode 0: read only. */
  open(path: string, mode: number, trackOrder: boolean, low: number, high: number): bigint;
  close_file(file: bigint): number;
  get_type(file: bigint, path: string): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): H5Metadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: bigint, path: string): H5Metadata;
  get_dataset_filters(file: bigint, path: string): { readonly id: number }[];
  /** With little-endian elements whatever the file has. Null: all. */
  get_dataset_data(
    file: bigint,
    path: string,
    count: readonly bigint[] | null,
    offset: readonly bigint[] | null,
    stride: readonly bigint[] | null,
    pointer: bigint,
  ): number;
}

export interface EmscriptenFiles {
  createFile(folder: string, name: string, properties: object, canRead: boolean, canWrite: boolean): EmscriptenNode;
  analyzePath(path: string): { readonly exists: boolean };
  unlink(path: string): void;
  close(stream: object): void;
  readonly ErrnoError: new (code: number) => Error;
  readonly streams: readonly (EmscriptenStream | null | undefined)[];
}

export interface EmscriptenStream {
  readonly fd: number;
}

export interface EmscriptenNode {
  usedBytes: number;
  stream_ops: StreamOperations;
}

export interface StreamOperations {
  read?(stream: object, buffer: Uint8Array, offset: number, length: number, position: number): number;
}
