import * as v from 'valibot';

/*
 * What fields of records may hold. Everything has a bound, so that a file from anywhere costs what its size says and no more.
 */

/** Characters; diagnoses and messages of engines stay far below. */
const MOST_TEXT = 20_000;

export const text = v.pipe(v.string(), v.maxLength(MOST_TEXT));
/** Without a value that only JavaScript has: JSON carries neither NaN nor infinities. */
export const finite = v.pipe(v.number(), v.finite());
/** Times, bytes and counts that may be fractions. */
export const amount = v.pipe(finite, v.minValue(0));
export const positive = v.pipe(finite, v.gtValue(0));
export const whole = v.pipe(v.number(), v.safeInteger());
export const count = v.pipe(whole, v.minValue(0));
export const batchSize = v.pipe(whole, v.minValue(1), v.maxValue(1_000_000));

/** A list of at most `most` entries; a longer one is turned down before its entries are looked at. */
export function list<T>(entry: v.GenericSchema<unknown, T>, most = 100_000) {
  return v.pipe(v.array(v.unknown()), v.maxLength(most), v.array(entry));
}
