import { availableParallelism, cpus } from 'node:os';
import type { Examination, Precision, Requirements } from '@alexnet/core';
import packageJson from '../../package.json' with { type: 'json' };
import { allBackends } from '../backends.ts';
import { runInChromium } from '../browser/run-in-chromium.ts';
import { exitCode } from '../exit-code.ts';
import type { PlaceOption, RunOptions } from '../options.ts';
import { choiceFiles } from '../runs/choice-files.ts';
import { examine } from '../runs/examine.ts';
import { stylesFor } from '../terminal/colour.ts';
import { doctorText } from '../terminal/doctor.ts';
import { createProgress } from '../terminal/progress.ts';
import type { Context, ExitCode } from './command.ts';

export interface DoctorOptions extends RunOptions, PlaceOption {
  readonly maxDownload?: number;
  readonly precision?: Precision;
  readonly latency?: number;
  readonly deterministic?: true;
  readonly refresh?: true;
}

/**
 * `alexnet doctor`: which backends are here, are they right, how fast are they, what holds them back; and which to use, and why.
 * Passes when there is one to use, and none that was named is broken or missing.
 */
export async function doctor(options: DoctorOptions, context: Context): Promise<ExitCode> {
  const { output } = context;
  const examination = await examinationOf(options, context);
  const { findings, ...conclusion } = examination;
  for (const finding of findings) output.json({ record: 'finding', ...finding });
  output.json({ record: 'end', ...conclusion, findings: findings.length });
  output.people(doctorText(examination, stylesFor(output.peopleStream)));
  return isHealthy(examination, options) ? exitCode.passed : exitCode.failed;
}

function examinationOf(options: DoctorOptions, context: Context): Promise<Examination> {
  const { backend, threads } = options;
  const plan = {
    requirements: requirementsOf(options),
    ...(backend === undefined ? {} : { wanted: backend }),
    ...(threads === undefined ? {} : { threads }),
  };
  return options.in === 'chromium'
    ? runInChromium({ kind: 'doctor', ...plan }, context)
    : inNode(plan, options, context);
}

/** Measured here, or before: what Node and the machine are like is part of what a result is kept under. */
async function inNode(
  plan: Parameters<typeof examine>[1],
  { refresh }: Pick<DoctorOptions, 'refresh'>,
  { output, signal }: Context,
): Promise<Examination> {
  const progress = createProgress(output.progressStream);
  const { version, platform, arch, env } = process;
  const machine = [platform, arch, cpus()[0]?.model, availableParallelism(), env['TF_NUM_INTRAOP_THREADS']];
  const place = [packageJson.version, version, ...machine].join(' ');
  try {
    return await examine(allBackends(), plan, {
      kept: { store: choiceFiles(), place, refresh: refresh === true },
      signal,
      onProgress: progress.update,
    });
  } finally {
    progress.clear();
  }
}

function requirementsOf({ maxDownload, precision, latency, deterministic }: DoctorOptions): Requirements {
  return {
    ...(maxDownload === undefined ? {} : { maxDownload }),
    ...(precision === undefined ? {} : { precision }),
    ...(latency === undefined ? {} : { latency }),
    ...(deterministic === undefined ? {} : { determinism: true }),
  };
}

function isHealthy({ chosen, findings }: Examination, { backend: named }: DoctorOptions): boolean {
  if (chosen === undefined) return false;
  if (named === undefined) return true;
  return findings.every(({ status, availability }) => status !== 'fail' && availability?.available !== false);
}
