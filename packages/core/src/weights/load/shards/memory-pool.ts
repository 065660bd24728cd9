/** Memory of one size that is used again: an engine gives what is dropped back when it likes. */
export function memoryPool(size: number) {
  const idle: Uint8Array[] = [];
  return {
    lend: (): Uint8Array => idle.pop() ?? new Uint8Array(size),
    giveBack: (bytes: Uint8Array): void => void idle.push(bytes),
    /** Lets go of what nobody uses. */
    clear: (): void => void idle.splice(0),
  };
}
