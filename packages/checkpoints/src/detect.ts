import type { ByteSource, ReadOptions } from '@alexnet/core';
import type { CheckpointFormat, OpenContext } from './checkpoint-file.ts';
import { formatOfJson, formatOfZip, isHdf5, looksLikeJson } from './detect/containers.ts';
import { topFields } from './detect/protobuf-fields.ts';
import { HEAD_BYTES, latin1, refusal, refuseKnown } from './detect/refused.ts';

/**
 * The format of a checkpoint, by its content: a name says nothing.
 * Errors: `invalid-file` for anything else, with what it is where that can be told; `aborted`.
 */
export async function detectFormat(source: ByteSource, context: OpenContext = {}): Promise<CheckpointFormat> {
  const options = { signal: context.signal };
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size), options);
  if (head.length === 0) throw refusal('The file is empty', source.name, 'Get it again from its source.');
  if (isSafetensors(head)) return 'safetensors';
  refuseKnown(head, source.name);
  const text = latin1(head);
  if (text.startsWith('\x93NUMPY')) return 'numpy';
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return formatOfZip(source, options);
  if (head[0] === PICKLE && head[1]! >= 2 && head[1]! <= 5) return formatOfPickle(text, source.name);
  if (await isHdf5(source, options)) return 'keras';
  if (looksLikeJson(head)) return formatOfJson(source, options);
  const { looksLikeDeepCompression } = await import('./deep-compression/detect.ts');
  // its first bytes are a number that may look like a field of a protocol buffer, but none of those has a codebook where it has one
  if (await looksLikeDeepCompression(source, context)) return 'deep-compression';
  const protobuf = await formatOfProtobuf(source, options);
  if (protobuf !== undefined) return protobuf;
  const isText = /^[\s\u0020-\u007e]*$/.test(text);
  throw refusal(
    isText
      ? `The file is text, not weights: it begins ${JSON.stringify(text.slice(0, 40))}`
      : `The file is of no known format: ${source.size} bytes, the first are ${firstBytes(head)}`,
    source.name,
    'Give a file of safetensors, ONNX, PyTorch, NumPy, Caffe, Keras, TensorFlow.js (model.json) or Deep Compression.',
  );
}

/** A 64-bit header length below 2^32, then a JSON object. */
function isSafetensors(head: Uint8Array): boolean {
  return head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0);
}

/** The opcode PROTO, with which pickles of protocol 2 and later begin; the protocol follows. */
const PICKLE = 0x80;
/** What follows it in PyTorch's files before 1.6: the number 0x1950a86a20f9469cfc6c, and the end of the pickle. */
const LEGACY = '\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.';

function formatOfPickle(text: string, where: string): CheckpointFormat {
  if (text.startsWith(LEGACY, 2)) return 'pytorch';
  throw refusal(
    'This is a Python pickle that is not of PyTorch',
    where,
    'Save the arrays with numpy.save, or the tensors with torch.save(model.state_dict(), ...) or safetensors.',
  );
}

/**
 * ONNX's ModelProto begins with field 1, `ir_version`, a number, and has the graph in field 7. Caffe's NetParameter has the net's name, a text,
 * in field 1, and its layers in field 100, or 2 in old files. The nodes of TensorFlow's GraphDef are field 1.
 */
async function formatOfProtobuf(source: ByteSource, options: ReadOptions): Promise<CheckpointFormat | undefined> {
  const fields = await topFields(source, options);
  const [first] = fields ?? [];
  if (fields === undefined || first === undefined) return undefined;
  const has = (number: number) => fields.some((field) => field.number === number && field.bytes);
  if (first.number === 1 && !first.bytes && has(7)) return 'onnx';
  const isNet = fields.every(({ number }) => number <= 8 || number === 100);
  if (isNet && (has(100) || (has(2) && first.bytes))) return 'caffe';
  if (fields.length > 1 && fields.every(({ number, bytes }) => number <= 4 && (number !== 1 || bytes)) && has(1)) {
    throw refusal(
      'This looks like a frozen graph of TensorFlow, which is not read',
      source.name,
      'Convert it: tensorflowjs_converter writes model.json, tf2onnx writes ONNX.',
    );
  }
  return undefined;
}

function firstBytes(head: Uint8Array): string {
  return Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
