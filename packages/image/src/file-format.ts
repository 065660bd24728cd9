/** The image files that are read. AVIF and others of its container are told apart by their brand. */
export type FileFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'TIFF' | 'AVIF';

interface Signature {
  readonly format: FileFormat;
  readonly at: number;
  /** Latin-1 characters, one per byte; a question mark is any. */
  readonly bytes: string;
}

const signatures: readonly Signature[] = [
  { format: 'JPEG', at: 0, bytes: '\xff\xd8\xff' },
  { format: 'PNG', at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { format: 'WebP', at: 0, bytes: 'RIFF????WEBP' },
  { format: 'GIF', at: 0, bytes: 'GIF8' },
  { format: 'TIFF', at: 0, bytes: 'II*\0' },
  { format: 'TIFF', at: 0, bytes: 'MM\0*' },
  { format: 'AVIF', at: 4, bytes: 'ftypavif' },
];

/**
 * The format of a file by its first bytes; undefined for anything else. Decided here, not by the decoder, which would also
 * draw SVG: a program, not pixels.
 */
export function fileFormat(bytes: Uint8Array): FileFormat | undefined {
  return signatures.find(({ at, bytes: text }) =>
    Array.from(text).every((letter, i) => letter === '?' || bytes[at + i] === letter.charCodeAt(0)),
  )?.format;
}

/** What the first bytes look like, for a message: text as text, all else in hexadecimal. */
export function looksLike(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing: it is empty';
  if (/^ftyp(hei|mif|msf)/.test(latin1(bytes.subarray(4, 12)))) return 'the mark of a HEIC photograph';
  const head = bytes.subarray(0, 16);
  const text = head.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  if (text) return JSON.stringify(latin1(head));
  return `the bytes ${Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
