import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { type Facts, type ReportContent, renderReport, renderTraining, type TrainingContent } from '@alexnet/report';
import { writeChunks } from '../files.ts';

/** Writes a report and returns its full path. Errors: `invalid-file`. */
export async function writeReport(path: string, content: ReportContent): Promise<string> {
  return write(path, renderReport(content, facts()));
}

/** The same for a training or an evaluation. */
export async function writeTrainingReport(path: string, content: TrainingContent): Promise<string> {
  return write(path, renderTraining(content, facts()));
}

async function write(path: string, page: string): Promise<string> {
  await writeChunks(path, [Buffer.from(page)]);
  return resolve(path);
}

function facts(): Facts {
  return {
    Node: process.versions.node,
    on: `${platform()} ${arch()}`,
    processors: `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    date: new Date().toISOString().slice(0, 10),
  };
}
