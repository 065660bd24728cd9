import { AlexNetError, type Json, JsonError, parseStrictJson, type UpdateRule } from '@alexnet/core';
import type { Best, EpochRecord, TrainingProgress } from '../loop/progress.ts';
import type { TrainingSetup } from './checkpoint.ts';
import { isBestName } from './names.ts';

/*
 * JSON that may come from anywhere, as the plain data that the loop keeps: every field checked, none that is unknown taken along.
 */

/** More than any training has: epochs times ten, and a curve. */
const LIMITS = { depth: 8, values: 10_000_000 };

/** Errors: `invalid-file`, as of `readProgress`. */
export function readSetup(text: string): TrainingSetup {
  const setup = objectOf(text, 'setup');
  return {
    network: setup.text('network'),
    rule: readRule(setup.object('rule')),
    seed: setup.count('seed'),
    batchSize: setup.count('batchSize'),
    classes: setup.list('classes', (item, where) => (typeof item === 'string' ? item : wrong(where, 'a text'))),
    size: setup.count('size'),
    settings: setup.texts('settings'),
  };
}

function readRule(rule: Fields): UpdateRule {
  const kind = rule.text('kind');
  if (kind === 'sgd') return { kind, momentum: rule.number('momentum'), weightDecay: rule.number('weightDecay') };
  if (kind === 'rmsprop' || kind === 'adadelta') {
    return { kind, rho: rule.number('rho'), epsilon: rule.number('epsilon') };
  }
  return wrong('rule.kind', 'sgd, rmsprop or adadelta');
}

export function readProgress(text: string): TrainingProgress {
  const progress = objectOf(text, 'progress');
  const sums = progress.object('sums');
  const plateau = progress.object('plateau');
  const curve = progress.object('curve');
  return {
    epoch: progress.count('epoch'),
    batch: progress.count('batch'),
    step: progress.count('step'),
    sums: { samples: sums.count('samples'), loss: sums.number('loss'), hits: sums.count('hits') },
    plateau: {
      best: plateau.has('best') ? plateau.number('best') : undefined,
      stalled: plateau.count('stalled'),
      drops: plateau.count('drops'),
    },
    best: progress.has('best') ? readBest(progress.object('best')) : undefined,
    stalled: progress.count('stalled'),
    history: progress.list('history', (item, where) => readRecord(fieldsOf(item, where))),
    curve: {
      stride: curve.count('stride'),
      points: curve.list('points', numberOf),
      rest: curve.list('rest', numberOf),
    },
  };
}

function readBest(best: Fields): Best {
  const facts = { epoch: best.count('epoch'), value: best.number('value') };
  if (!best.has('file')) return facts;
  const file = best.text('file');
  return isBestName(file) ? { ...facts, file } : wrong('progress.best.file', 'the name of best weights');
}

function readRecord(record: Fields): EpochRecord {
  const training = record.object('training');
  const validation = record.has('validation') ? record.object('validation') : undefined;
  return {
    epoch: record.count('epoch'),
    step: record.count('step'),
    learningRate: record.number('learningRate'),
    training: { loss: training.number('loss'), accuracy: training.number('accuracy') },
    ...(validation && {
      validation: {
        loss: validation.number('loss'),
        top1: validation.number('top1'),
        top5: validation.number('top5'),
      },
    }),
  };
}

interface Fields {
  has(name: string): boolean;
  text(name: string): string;
  number(name: string): number;
  /** A whole number of 0 or more. */
  count(name: string): number;
  object(name: string): Fields;
  texts(name: string): Record<string, string>;
  list<T>(name: string, read: (item: Json, where: string) => T): T[];
}

function objectOf(text: string, where: string): Fields {
  try {
    return fieldsOf(parseStrictJson(text, LIMITS), where);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw damaged(`Its ${where} is not JSON: ${error.message} at character ${error.at}`);
  }
}

function fieldsOf(json: Json, where: string): Fields {
  if (!(json instanceof Map)) return wrong(where, 'an object');
  const at = (name: string) => `${where}.${name}`;
  const get = (name: string): Json => (json as ReadonlyMap<string, Json>).get(name) ?? null;
  return {
    has: (name) => get(name) !== null,
    text(name) {
      const value = get(name);
      return typeof value === 'string' ? value : wrong(at(name), 'a text');
    },
    number: (name) => numberOf(get(name), at(name)),
    count(name) {
      const value = get(name);
      return Number.isSafeInteger(value) && (value as number) >= 0
        ? (value as number)
        : wrong(at(name), 'a whole number of 0 or more');
    },
    object: (name) => fieldsOf(get(name), at(name)),
    texts(name) {
      const value = get(name);
      const entries = value instanceof Map ? [...(value as ReadonlyMap<string, Json>)] : [];
      const isTexts = value instanceof Map && entries.every(([, text]) => typeof text === 'string');
      return isTexts ? (Object.fromEntries(entries) as Record<string, string>) : wrong(at(name), 'an object of texts');
    },
    list(name, read) {
      const value = get(name);
      if (!Array.isArray(value)) return wrong(at(name), 'a list');
      return value.map((item, i) => read(item as Json, `${at(name)}[${i}]`));
    },
  };
}

function numberOf(json: Json, where: string): number {
  return typeof json === 'number' && Number.isFinite(json) ? json : wrong(where, 'a number');
}

function wrong(where: string, what: string): never {
  throw damaged(`Its ${where} is not ${what}`);
}

function damaged(message: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message,
    where: 'checkpoint',
    fix: 'The file is damaged: use the checkpoint before it.',
  });
}
