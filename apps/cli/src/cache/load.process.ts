import { once } from 'node:events';
import { fileCache, loadWeights } from '@alexnet/core/files';

// A process of its own: loads weights with a cache in a folder when it is told to, and says what happened.
const [, , address, folder] = process.argv;
const warnings: string[] = [];
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const { weights } = await loadWeights(address!, {
  cache: fileCache(folder),
  onWarning: ({ message }) => warnings.push(message),
});
const sum = [...weights.values()].reduce((total, { data }) => data.reduce((a, b) => a + b, total), 0);
process.stdout.write(`${JSON.stringify({ sum, warnings })}\n`);
process.exit();
