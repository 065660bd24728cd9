import { nativesKey } from '../natives.mjs';
import { run } from './child.mjs';
import { root, toolEnvironment, toolFile } from './workspace.mjs';

/**
 * Runs turbo tasks, which are skipped where nothing changed. Resolves with an exit code.
 * @param {readonly string[]} args
 * @param {'stderr' | 'none'} [output]
 */
export function turbo(args, output = 'stderr') {
  return run(process.execPath, [toolFile('turbo', 'bin/turbo'), 'run', ...args], {
    cwd: root,
    env: { ...toolEnvironment(), ALEXNET_NATIVE_KEY: nativesKey() },
    output,
  });
}
