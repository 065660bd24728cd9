/** What the fuzzer needs to know of a reader. */
export interface FuzzTarget {
  /** The reader's, for reports. */
  readonly name: string;
  /** Small valid files, to be mutated: the same ones every time. */
  corpus(): Promise<Uint8Array[]>;
  /** Reads a file and every tensor in it. May only give a value or fail with an AlexNetError. */
  read(bytes: Uint8Array): Promise<unknown>;
}
