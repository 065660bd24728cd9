import { createProgram } from '../program.ts';

/** Runs a command in this process; gives its exit code, or throws what it throws. */
export async function alexnet(...args: readonly string[]): Promise<number | undefined> {
  let code: number | undefined;
  const program = createProgram('0.0.0', new AbortController().signal, (result) => {
    code = result;
  });
  await program.parseAsync([...args], { from: 'user' });
  return code;
}

/** What a command says with `--json`, and its exit code. Tests know what the documents are. */
export async function alexnetJson<T>(...args: readonly string[]): Promise<{ code: number | undefined; records: T[] }> {
  const write = process.stdout.write;
  let out = '';
  process.stdout.write = (chunk: Uint8Array | string) => {
    out += String(chunk);
    return true;
  };
  try {
    const code = await alexnet(...args, '--json');
    const lines = out.trim().split('\n');
    return { code, records: lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T) };
  } finally {
    process.stdout.write = write;
  }
}
