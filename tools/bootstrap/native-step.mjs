import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { missingNatives, nativeFile, nativeFolder, natives } from '../natives.mjs';
import { TIMED_OUT } from './child.mjs';
import { getNative, loads } from './get-native.mjs';
import { whyUnreachable } from './reach.mjs';
import { installKey } from './stamp.mjs';
import { root } from './workspace.mjs';

/*
 * The step that tries to get the native parts that are worth it, once after each install. Nothing depends on its success.
 * What became of it is recorded inside node_modules: why each part is not there.
 */

/** @typedef {import('../natives.mjs').Native} Native */
/** @typedef {{ key: string, reasons: Record<string, string> }} Outcome a reason is empty where there is nothing to complain about */

const minutes = 5;
/** A program that ends like this was told to by the user; one that crashes ends otherwise. */
const interrupted = new Set(
  [constants.signals.SIGHUP, constants.signals.SIGINT, constants.signals.SIGTERM].map((n) => 128 + n),
);
const record = join(root, 'node_modules/.alexnet-natives.json');
const log = 'node_modules/.alexnet-natives.log';
const wanted = natives.filter(({ automatic }) => automatic);

/** Another install or other wishes are a reason to try again. */
function outcomeKey() {
  const wishes = [process.env['ALEXNET_NATIVE'] ?? '', ...wanted.map(({ instead = '' }) => instead)];
  return [installKey(), ...wishes].join(' ');
}

/** @returns {Outcome | undefined} */
function lastOutcome() {
  try {
    return JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether there is nothing to try: each part is here, or could not be got after this install. */
export function nativesSettled() {
  const last = lastOutcome();
  if (last?.key !== outcomeKey()) return false;
  return wanted.every((native) => Boolean(last.reasons[native.id]) || nativeFile(native) !== undefined);
}

/**
 * Why each part that the bootstrap tries to get is not here; the reason is empty if it is.
 * @returns {{ name: string, reason: string }[]}
 */
export function nativeOutcomes() {
  const reasons = lastOutcome()?.reasons ?? {};
  return wanted.map((native) => ({
    name: native.name,
    reason: nativeFile(native) === undefined ? reasons[native.id] || `not tried; npm run native:${native.id}` : '',
  }));
}

/**
 * The step. Never fails, whatever happens: a read-only folder, say.
 * @returns {Promise<number>} 0, or the exit code of a program that the user interrupted
 */
export async function getNatives() {
  try {
    return await tryAll();
  } catch (error) {
    console.error(`Cannot get native libraries: ${error instanceof Error ? error.message : String(error)}`);
    return 0;
  }
}

async function tryAll() {
  /** @type {Record<string, string>} */
  const reasons = {};
  for (const native of wanted) {
    const { reason, code } = await tryToGet(native);
    if (interrupted.has(code)) return code;
    reasons[native.id] = reason;
  }
  writeFileSync(record, JSON.stringify({ key: outcomeKey(), reasons }));
  for (const { id, what, get } of missingNatives()) {
    console.error(`Left out: ${what}${reasons[id] ? `: ${reasons[id]}` : ''}. To get it: ${get}`);
  }
  return 0;
}

/** @param {Native} native */
async function tryToGet(native) {
  const folder = nativeFolder(native);
  const file = nativeFile(native);
  if (!native.offered) return gaveUp(`there is none for ${process.platform} ${process.arch}`);
  if (folder === undefined) return gaveUp(`${native.name} is not installed`);
  if (file !== undefined && (await loads(file))) return gaveUp('');
  if (process.env['ALEXNET_NATIVE'] === 'skip') return gaveUp('ALEXNET_NATIVE=skip');

  const unreachable = native.instead === undefined ? await whyUnreachable(native.host) : '';
  if (unreachable !== '') return gaveUp(unreachable);

  console.error(`Getting ${native.what}, for at most ${minutes} minutes ...`);
  const output = openSync(join(root, log), 'w');
  const code = await getNative(native, folder, { output, seconds: minutes * 60 }).finally(() => closeSync(output));
  if (code === 0) return gaveUp('');
  if (code === TIMED_OUT) return gaveUp(`not done within ${minutes} minutes`);
  return {
    code,
    reason: `${complaint(readFileSync(join(root, log), 'utf8')) || `exit code ${code}`} (all of it: ${log})`,
  };
}

/** @param {string} reason */
const gaveUp = (reason) => ({ code: 0, reason });

/**
 * The line of a failed program's output that says most: the last one that names an error, or else the last.
 * @param {string} output
 */
export function complaint(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /error: /i.test(line)) ?? lines.at(-1) ?? '').trim();
}
