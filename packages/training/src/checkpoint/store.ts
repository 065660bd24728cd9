/** Where checkpoints are kept: files, a browser's OPFS, memory. Names hold letters, digits, `-` and `.` alone. */
export interface CheckpointStore {
  list(): Promise<readonly string[]>;
  /** Errors: `invalid-file` for a name that is not there. */
  read(name: string): Promise<Uint8Array>;
  /**
   * All or nothing: what is cut off leaves what was there, of this name and of others. The chunks are put one after the other.
   * Errors: those of the place, such as a full disk.
   */
  write(name: string, chunks: readonly Uint8Array[]): Promise<void>;
  remove(name: string): Promise<void>;
}
