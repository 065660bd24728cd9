import { AlexNetError } from '@alexnet/core';
import * as v from 'valibot';

export interface Claim {
  /** The schema that is expected, with its version: `alexnet-survey/1`. */
  readonly schema: string;
  /** What is read, for messages: `survey`, `new.json line 3`. */
  readonly where: string;
}

/**
 * A value as its schema has it. Stops at the first thing that is wrong. Errors: `invalid-file`, which tells another version or another kind of
 * file from one that is damaged.
 */
export function validated<T>(schema: v.GenericSchema<unknown, T>, value: unknown, claim: Claim): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw otherSchema(value, claim) ?? damaged(result.issues[0], claim);
}

function otherSchema(value: unknown, { schema, where }: Claim): AlexNetError | undefined {
  const found = v.safeParse(v.looseObject({ schema: v.string() }), value);
  if (found.success && found.output.schema === schema) return undefined;
  if (!found.success) return undefined;
  const [name] = schema.split('/');
  const sameKind = found.output.schema.startsWith(`${name}/`);
  return new AlexNetError({
    code: 'invalid-file',
    message: `Its schema is ${shown(found.output.schema)}, and ${schema} is read`,
    where: `${where}: schema`,
    fix: sameKind
      ? 'Use the version of alexnet that wrote it, or a later one.'
      : `Give a file with the schema ${schema}.`,
  });
}

function damaged(issue: v.BaseIssue<unknown>, { where }: Claim): AlexNetError {
  const path = v.getDotPath(issue);
  return new AlexNetError({
    code: 'invalid-file',
    message:
      path === null
        ? `It is not what it should be: ${worded(issue)}`
        : `${path} is not what it should be: ${worded(issue)}`,
    where: path === null ? where : `${where}: ${path}`,
    fix: 'Give a file that this project wrote, unchanged; fields may be added, not changed.',
  });
}

/** Valibot quotes what it got in full, which may be a megabyte. */
function worded({ message }: v.BaseIssue<unknown>): string {
  return message.length > 200 ? `${message.slice(0, 200)}...` : message;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
