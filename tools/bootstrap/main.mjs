import { join } from 'node:path';
import { clearReports, readReports, summarise } from '../test-reports.mjs';
import { run } from './child.mjs';
import { install } from './install.mjs';
import { getNatives, nativesSettled } from './native-step.mjs';
import { isInstalled } from './stamp.mjs';
import { runSteps, SIGNALLED } from './steps.mjs';
import { turbo } from './turbo.mjs';
import { root } from './workspace.mjs';

/** @typedef {(args: readonly string[]) => Promise<number>} Job */

/** @type {Record<string, Job>} */
const jobs = {
  start: (args) => prepared({ name: 'alexnet start', run: () => cli(['start', ...args]) }),
  cli: async (args) => {
    // Nothing but the command's own words when there is nothing to prepare or to complain about.
    const code = isInstalled() ? await silentBuild() : undefined;
    if (code === 0) return cli(args);
    if (code !== undefined && code >= SIGNALLED) return code;
    return prepared({ name: `alexnet ${args[0] ?? ''}`, run: () => cli(args) });
  },
  // What does not build does not stop the tests of what does.
  test: (args) => prepared({ name: 'test', run: () => test(args) }, ['--continue=dependencies-successful']),
  // It is made from the source of the packages, and needs nothing native.
  page: (args) =>
    runSteps([
      installing(),
      { name: 'build the page', run: () => vite(['build', '--logLevel', 'warn']) },
      { name: 'serve the page (Ctrl-C ends it)', run: () => vite(['preview', ...args]) },
    ]),
};

/**
 * @param {readonly string[]} argv
 * @returns {Promise<number>} exit code
 */
export async function main([name = '', ...args]) {
  const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined;
  if (job === undefined) {
    console.error(`usage: node tools/bootstrap.mjs ${Object.keys(jobs).join('|')} [arguments]`);
    return 2;
  }
  return job(args);
}

/**
 * Runs a job after an install and a build, as far as they are needed.
 * @param {import('./steps.mjs').Step} job
 * @param {readonly string[]} [buildOptions]
 */
function prepared(job, buildOptions = []) {
  const installed = isInstalled();
  return runSteps([
    installing(),
    installed && nativesSettled()
      ? { name: 'native libraries: nothing to do', run: async () => 0 }
      : { name: 'get native libraries', run: getNatives },
    {
      name: 'build the packages',
      run: () => turbo(['build', '--output-logs=new-only', ...buildOptions]),
      goOn: buildOptions.length > 0,
    },
    job,
  ]);
}

/** @returns {import('./steps.mjs').Step} */
function installing() {
  return isInstalled()
    ? { name: 'install: nothing to do', run: async () => 0 }
    : { name: 'install the dependencies', run: install };
}

async function silentBuild() {
  const notice = setTimeout(() => console.error('Building what changed ...'), 1500);
  try {
    return await turbo(['build'], 'none');
  } finally {
    clearTimeout(notice);
  }
}

/**
 * Files on the command line are relative to where the user typed it, which npm hands on.
 * @param {readonly string[]} args
 */
function cli(args) {
  return run(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...args], {
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
  });
}

/**
 * Builds the page, or serves it with the two headers that threads in WebAssembly need, and says where.
 * @param {readonly string[]} args
 */
function vite(args) {
  const folder = join(root, 'apps/bench');
  return run(process.execPath, [join(folder, 'node_modules/vite/bin/vite.js'), ...args], { cwd: folder });
}

/** @param {readonly string[]} args */
async function test(args) {
  clearReports();
  const code = await turbo(['test', '--output-logs=new-only', '--continue=dependencies-successful', ...args]);
  // With arguments (`npm test -- --filter=@alexnet/core`) not every package was meant to run.
  const reports = readReports().filter(({ ran }) => ran || args.length === 0);
  if (code < SIGNALLED && reports.length > 0) console.error(summarise(reports));
  return code;
}
