import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { throwIfAborted } from '@alexnet/core';
import { checkClasses, checkNames, invalid, reasonOf } from './check-set.ts';
import type { ImageItem, OpenedSet, Skipped } from './image-set.ts';

export interface OpenListOptions {
  /** Where relative paths start. Default: the folder of the list. */
  readonly root?: string;
  /** Names of the labels. Default: the labels as text, from 0 to the largest in the list. */
  readonly classes?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Keeps one mistyped label from making a class for every number below it. */
const MOST_CLASSES = 100_000;

/**
 * A text file with one image a line, its path and its label: `dogs/rex 1.jpg 1`. The label is the last word, a whole number
 * from 0; the path may contain spaces. Empty lines and lines that start with # are passed over; lines that make no sense
 * are listed in `ignored` by their number. No image is opened.
 * Errors: `invalid-file` for a list that cannot be read, has no images, fewer than two classes, or a label below the largest
 * without images (the last two not with `classes`); `invalid-input` for bad `classes`; `aborted`.
 */
export async function openImageList(file: string, { root, classes, signal }: OpenListOptions = {}): Promise<OpenedSet> {
  if (classes !== undefined) checkNames(classes);
  throwIfAborted(signal, file);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalid(`The list ${file} cannot be opened: ${reasonOf(cause)}`, 'list', undefined, cause);
  });
  const folder = root ?? dirname(file);
  const items: ImageItem[] = [];
  const ignored: Skipped[] = [];
  for (const [i, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const item = itemOf(line, classes?.length ?? MOST_CLASSES);
    if (typeof item === 'string') ignored.push({ path: `${file}:${i + 1}`, reason: item });
    else items.push({ path: resolve(folder, item.path), label: item.label });
  }
  if (items.length === 0) {
    const [first] = ignored;
    const why = first === undefined ? 'it is empty' : `no line is a path and a label; ${first.path}: ${first.reason}`;
    throw invalid(`The list ${file} names no images: ${why}`, 'list', 'Write one image a line: path label.');
  }
  const names = classes ?? Array.from({ length: largest(items) + 1 }, (_, label) => String(label));
  if (classes === undefined) checkClasses(names, items, file);
  return { classes: names, items, ignored };
}

/** A line as an item, or what is wrong with it. */
function itemOf(line: string, labels: number): ImageItem | string {
  const [, path, word] = /^(.*\S)\s+(\S+)$/.exec(line) ?? [];
  if (path === undefined || word === undefined) return 'It is not a path and a label.';
  if (!/^\d{1,9}$/.test(word)) return `The label ${word} is not a whole number from 0.`;
  const label = Number(word);
  if (label >= labels) return `The label ${label} is not below ${labels}.`;
  return { path, label };
}

function largest(items: readonly ImageItem[]): number {
  return items.reduce((most, { label }) => Math.max(most, label), 0);
}
