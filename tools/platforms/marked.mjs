/*
 * The part of a document between `<!-- NAME:begin -->` and `<!-- NAME:end -->`, which a program writes.
 */

/**
 * @param {string} document
 * @param {string} name
 * @param {string} text without line breaks at its ends
 * @returns {string} the document with this text between the marks
 */
export function withMarked(document, name, text) {
  const [begin, end] = bounds(document, name);
  return `${document.slice(0, begin)}\n\n${text}\n\n${document.slice(end)}`;
}

/** @param {string} document @param {string} name @returns {[number, number]} */
function bounds(document, name) {
  const [open, close] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const begin = document.indexOf(open);
  const end = document.indexOf(close);
  if (begin === -1 || end < begin) throw new Error(`The document lacks ${open} or ${close} after it`);
  return [begin + open.length, end];
}
