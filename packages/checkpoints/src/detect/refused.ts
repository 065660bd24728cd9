import { AlexNetError } from '@alexnet/core';

interface Kind {
  /** How such files begin, one character for each byte. */
  readonly begins: readonly string[];
  /** Where that is. */
  readonly offset?: number;
  readonly what: string;
  readonly fix: string;
}

/** What files are that people take for weights, and what to do about each. */
const kinds: readonly Kind[] = [
  {
    begins: ['version https://git-lfs.github.com/'],
    what: 'a Git LFS pointer: it says where the file is',
    fix: 'Fetch the real file: git lfs pull, or download it from the web page of the repository.',
  },
  { begins: ['\x1f\x8b'], what: 'packed with gzip', fix: 'Unpack it first: gunzip, or tar xzf.' },
  { begins: ['BZh'], what: 'packed with bzip2', fix: 'Unpack it first: bunzip2.' },
  { begins: ['\xfd7zXZ\0'], what: 'packed with xz', fix: 'Unpack it first: unxz.' },
  { begins: ['\x28\xb5\x2f\xfd'], what: 'packed with Zstandard', fix: 'Unpack it first: unzstd.' },
  { begins: ['7z\xbc\xaf\x27\x1c'], what: 'a 7z archive', fix: 'Unpack it and give a file that was in it.' },
  { begins: ['Rar!\x1a\x07'], what: 'a RAR archive', fix: 'Unpack it and give a file that was in it.' },
  { begins: ['ustar'], offset: 257, what: 'a tar archive', fix: 'Unpack it (tar xf) and give a file that was in it.' },
  { begins: ['\x89PNG', '\xff\xd8\xff', 'GIF8'], what: 'a picture', fix: 'Give the weights.' },
  { begins: ['MATLAB 5.0 MAT-file'], what: 'a MAT-file', fix: 'Export the network from MATLAB as ONNX.' },
];

const PAGE = /^(\u00ef\u00bb\u00bf)?\s*<(!doctype|html|head|\?xml|!--)/i;

/** Bytes that are looked at. */
export const HEAD_BYTES = 512;

/** Says what a file is that is none of weights. Errors: `invalid-file`. */
export function refuseKnown(head: Uint8Array, where: string): void {
  const text = latin1(head);
  const kind = kinds.find(({ begins, offset }) => begins.some((start) => text.startsWith(start, offset)));
  if (kind !== undefined) throw refusal(`This is ${kind.what}`, where, kind.fix);
  if (PAGE.test(text)) {
    throw refusal(
      'This is a web page: the server sent it instead of the file',
      where,
      'Open the address in a browser and see what it says; then download the file itself.',
    );
  }
}

/** One character for each byte. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
}

export function refusal(message: string, where: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-file', message, where, fix });
}
