import { createHash } from 'node:crypto';
import type { Plugin, Rolldown } from 'vite';

/** Tells the service worker which files there are: what the page consists of, followed from its entry through all imports, and what has a hash in its name. */
export function offline(): Plugin {
  return {
    name: 'offline',
    enforce: 'post',
    apply: 'build',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js'];
      const page = bundle['index.html'];
      if (worker?.type !== 'chunk' || page?.type !== 'asset') throw new Error('There is no page, or no service worker');
      const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry && file !== worker);
      const shell = ['./', ...reachable(bundle, entry?.fileName ?? '')].sort();
      const hashed = Object.keys(bundle).filter((file) => file.startsWith('assets/'));
      const version = createHash('sha256')
        .update(JSON.stringify([shell, String(page.source)]))
        .digest('hex')
        .slice(0, 16);
      worker.code = worker.code.replace('SITE_FILES', () => JSON.stringify({ version, shell, hashed }));
    },
  };
}

/** The chunk, all that it imports now or later, and the styles of these. */
function reachable(bundle: Rolldown.OutputBundle, from: string): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== 'chunk') return;
    found.add(name);
    for (const css of chunk.viteMetadata?.importedCss ?? []) found.add(css);
    for (const next of [...chunk.imports, ...chunk.dynamicImports]) visit(next);
  };
  visit(from);
  return found;
}
