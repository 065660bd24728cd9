import type { Writable } from 'node:stream';

/**
 * Where a command writes. People read `people`; scripts read `json`, one document per line.
 * With `--json`, standard output carries JSON and nothing else, and everything for people goes to standard error.
 */
export interface Output {
  readonly jsonWanted: boolean;
  /** Tables and results, for people. */
  people(text: string): void;
  /** Progress and warnings: always standard error. */
  note(text: string): void;
  /** One JSON document on a line of its own; nothing without `--json`. */
  json(record: unknown): void;
  /** Where progress is drawn. */
  readonly progressStream: Writable & { isTTY?: boolean; columns?: number };
  /** Whether `people` reaches a terminal that shows colours. */
  readonly peopleStream: Writable & { isTTY?: boolean };
}

export function createOutput(jsonWanted: boolean): Output {
  const peopleStream = jsonWanted ? process.stderr : process.stdout;
  return {
    jsonWanted,
    people: (text) => void peopleStream.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    json: (record) => void (jsonWanted && process.stdout.write(`${JSON.stringify(record)}\n`)),
    progressStream: process.stderr,
    peopleStream,
  };
}
