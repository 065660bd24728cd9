import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readCheckpoint } from '../../packages/checkpoints/src/index.ts';
import { type FileSource, fileSource } from '../../packages/core/src/files.ts';
import { createVariant, seededWeights, type Weights } from '../../packages/core/src/index.ts';
import { cases } from './formats.ts';

/*
 * What a process of its own does: `write FOLDER FILE`, or `read FOLDER FILE`, which prints a line of JSON.
 */

const SEED = 5;
const [action, folder = '', file = ''] = process.argv.slice(2);
const chosen = cases.find((one) => one.file === file)!;
const path = join(folder, file);
const { graph } = createVariant(chosen.variant);
await (action === 'write' ? write() : read());

async function write(): Promise<void> {
  const { chunks, beside = [] } = await chosen.write(graph, seededWeights(graph, SEED));
  const target = openSync(path, 'w');
  for (const chunk of chunks) for (let at = 0; at < chunk.length; ) at += writeSync(target, chunk, at);
  closeSync(target);
  for (const { name, data } of beside) writeFileSync(join(folder, name), data);
}

async function read(): Promise<void> {
  await using source = await fileSource(path);
  const open: FileSource[] = [];
  const sibling = async (name: string) => {
    const other = await fileSource(join(dirname(path), name));
    open.push(other);
    return other;
  };
  const before = process.resourceUsage().maxRSS;
  const start = performance.now();
  const { weights, format, convention } = await readCheckpoint(source, { variant: chosen.variant, sibling });
  const seconds = (performance.now() - start) / 1000;
  const peak = (process.resourceUsage().maxRSS - before) * 1024;
  const bytes = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  for (const other of open) await other[Symbol.asyncDispose]();
  const same = format === 'deep-compression' || sameBits(weights, seededWeights(graph, SEED));
  console.log(JSON.stringify({ format, convention, seconds, peak, bytes, same }));
}

function sameBits(a: Weights, b: Weights): boolean {
  return [...b].every(([name, { data }]) => {
    const other = a.get(name)!.data;
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(
      Buffer.from(other.buffer, other.byteOffset, other.byteLength),
    );
  });
}
