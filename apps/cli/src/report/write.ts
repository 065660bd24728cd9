import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { type ReportContent, renderReport } from '@alexnet/report';
import { writeChunks } from '../files.ts';

/** Writes a report and returns its full path. Errors: `invalid-file`. */
export async function writeReport(path: string, content: ReportContent): Promise<string> {
  const facts = {
    Node: process.versions.node,
    on: `${platform()} ${arch()}`,
    processors: `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    date: new Date().toISOString().slice(0, 10),
  };
  await writeChunks(path, [Buffer.from(renderReport(content, facts))]);
  return resolve(path);
}
