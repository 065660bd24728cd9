import { allBackends } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import { table } from '../terminal/table.ts';
import type { Context, ExitCode } from './command.ts';

/** `alexnet backends`: what is here, what it would run on, what is missing and how to get it. */
export async function backends({ output }: Context): Promise<ExitCode> {
  const rows = [];
  for (const { provider, availability } of await allBackends().probe()) {
    const environment = availability.available ? await describe(provider) : undefined;
    output.json({ backend: provider.id, ...availability, ...(environment === undefined ? {} : { environment }) });
    rows.push({ backend: provider.id, availability, environment });
  }
  output.people(
    table(
      rows.map(({ backend, availability, environment }) => ({
        backend,
        here: availability.available ? 'yes' : 'no',
        engine: environment?.engine ?? '-',
        device: environment?.device ?? '-',
        threads: environment === undefined ? '-' : String(environment.threads),
      })),
    ),
  );
  for (const { backend, availability, environment } of rows) {
    output.people(`\n${backend}: ${availability.detail}`);
    for (const note of environment?.notes ?? []) output.people(`  ${note}`);
    if (availability.fix !== undefined) output.people(`  ${availability.fix}`);
  }
  return exitCode.passed;
}

async function describe(provider: ReturnType<typeof allBackends>['providers'][number]) {
  await using backend = await provider.create();
  return backend.environment;
}
