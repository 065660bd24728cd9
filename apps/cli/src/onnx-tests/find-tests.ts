import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AlexNetError } from '@alexnet/core';

/** A test of ONNX's: a model, and one or more inputs with what should come out. */
export interface FoundTest {
  readonly name: string;
  readonly model: string;
  /** Folders with `input_0.pb`, `output_0.pb`; none for a model whose input follows from its shape. */
  readonly dataSets: readonly string[];
  /** Of a model without data sets: the expected output. */
  readonly output?: string;
}

/** Folders of tests are this deep at most: data/node/test_lrn. */
const DEPTH = 4;
/** The one model of the "light" tests that is an AlexNet. */
const LIGHT = 'light_bvlc_alexnet';

/**
 * Every test in a folder: that of one test, of a kind (`node`), or of all (`data`). In the order of their names.
 * Errors: `invalid-file` when there is none.
 */
export async function findTests(folder: string): Promise<FoundTest[]> {
  const found = await within(folder, DEPTH);
  if (found.length > 0) return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  throw new AlexNetError({
    code: 'invalid-file',
    message: `There are no tests of ONNX in ${folder}: no folder with a model.onnx and a test_data_set_0`,
    fix: "Give the folder data of ONNX's backend tests, as `backend-test-tools generate-data` writes it.",
  });
}

async function within(folder: string, depth: number): Promise<FoundTest[]> {
  const entries = await entriesOf(folder);
  const names = new Set(entries.map(({ name }) => name));
  if (names.has('model.onnx')) {
    const sets = [...names].filter((name) => /^test_data_set_\d+$/.test(name)).toSorted();
    const name = folder.split(/[\\/]/).findLast((part) => part !== '') ?? folder;
    return sets.length === 0
      ? []
      : [{ name, model: join(folder, 'model.onnx'), dataSets: sets.map((set) => join(folder, set)) }];
  }
  const light = names.has(`${LIGHT}.onnx`) && names.has(`${LIGHT}_output_0.pb`);
  const found: FoundTest[] = light
    ? [
        {
          name: LIGHT,
          model: join(folder, `${LIGHT}.onnx`),
          dataSets: [],
          output: join(folder, `${LIGHT}_output_0.pb`),
        },
      ]
    : [];
  if (depth === 0) return found;
  for (const entry of entries) {
    if (entry.isDirectory()) found.push(...(await within(join(folder, entry.name), depth - 1)));
  }
  return found;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new AlexNetError({ code: 'invalid-file', message: `Cannot read the folder ${folder}`, cause });
  }
}
