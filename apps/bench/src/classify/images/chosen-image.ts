/** An image that a person has chosen, wherever it is from. */
export interface ChosenImage {
  /** For people, and as the picture's description. */
  readonly name: string;
  readonly file: Blob;
}
