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

/** A document that a command writes; tests know its shape. */
// oxlint-disable-next-line typescript/no-explicit-any
type Record = any;

/** What a command says with `--json`, and its exit code. */
export async function alexnetJson(
  ...args: readonly string[]
): Promise<{ code: number | undefined; records: Record[] }> {
  const write = process.stdout.write;
  let out = '';
  process.stdout.write = (chunk: string) => {
    out += chunk;
    return true;
  };
  try {
    const code = await alexnet(...args, '--json');
    return {
      code,
      records: out
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  } finally {
    process.stdout.write = write;
  }
}
