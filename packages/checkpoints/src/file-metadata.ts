/** Far above what anybody names. */
const LONGEST_NAME = 1000;

/** The names of classes that a file's metadata hold, as a JSON list under `labels`. Undefined for anything else. */
export function labelsIn({ labels }: Readonly<Record<string, string>>, classes: number): readonly string[] | undefined {
  if (labels === undefined) return undefined;
  try {
    const names = JSON.parse(labels) as unknown;
    const isName = (name: unknown) => typeof name === 'string' && name.length > 0 && name.length <= LONGEST_NAME;
    return Array.isArray(names) && names.length === classes && names.every(isName) ? (names as string[]) : undefined;
  } catch {
    return undefined;
  }
}

/** The size of the input that the metadata hold, where it is one. */
export function inputSizeIn({ inputSize }: Readonly<Record<string, string>>): number | undefined {
  return inputSize !== undefined && /^[1-9]\d{0,3}$/.test(inputSize) ? Number(inputSize) : undefined;
}
