import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes, createVariant, readSafetensors, seededWeights, writeSafetensors } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * The built command, as a user runs it.
 */

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const photograph = fileURLToPath(new URL('../../../packages/conformance/photos/chelsea.jpg', import.meta.url));
const checkpoint = fileURLToPath(
  new URL('../../../packages/checkpoints/fixtures/torchvision.safetensors', import.meta.url),
);
const narrow = ['--width', '0.0625', '--classes', '10'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function alexnet(...args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const lines = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('bad usage ends with 2 and says what would be right', () => {
  it.each([
    { why: 'an unknown command', args: ['improve'], says: "unknown command 'improve'" },
    { why: 'an unknown option', args: ['backends', '--fast'], says: "unknown option '--fast'" },
    {
      why: 'an unknown backend',
      args: ['conform', '--backend', 'cuda'],
      says: /no backend called "cuda".*onnx-node, .*reference/,
    },
    { why: 'an unknown variant', args: ['conform', '--variant', 'vgg'], says: /no variant called "vgg".*bvlc-alexnet/ },
    {
      why: 'neither variant nor file',
      args: ['inspect', 'alexnet.bin'],
      says: /neither a variant nor a file.*torchvision/,
    },
    {
      why: 'no classes',
      args: ['inspect', 'torchvision', '--classes', '0'],
      says: /--classes takes a whole number above 0, not "0"/,
    },
    {
      why: 'a precision that there is not, among others',
      args: ['bench', '--precision', 'f32,q5'],
      says: /--precision takes f32, f16, q8, q4, int8, not "q5"/,
    },
    {
      why: 'a precision that there is not',
      args: ['classify', 'x.jpg', '--weights', 'seed:1', '--precision', 'int8'],
      says: /--precision <p>' argument 'int8' is invalid.*f32, f16, q8, q4/,
    },
    {
      why: 'a size that is none',
      args: ['doctor', '--max-download', '5 GB'],
      says: /--max-download takes a size like 5MB or 300kB, not "5 GB"/,
    },
    {
      why: 'a latency of nothing',
      args: ['doctor', '--latency', '0'],
      says: /--latency takes a number above 0, not "0"/,
    },
    { why: 'an unknown backend to look at', args: ['doctor', '--backend', 'cuda'], says: /no backend called "cuda"/ },
    {
      why: 'a batch that is no number',
      args: ['bench', '--batch', '1,x'],
      says: /--batch takes a whole number above 0, not "x"/,
    },
    {
      why: 'an input size that the original does not take',
      args: ['inspect', 'bvlc-alexnet', '--input-size', '224'],
      says: /takes inputs of 227/,
    },
    { why: 'a missing option', args: ['run', '--out', 'x'], says: "required option '--input" },
    {
      why: 'a network of which no weights come along',
      args: ['classify', 'x.jpg', '--variant', 'bvlc-alexnet'],
      says: /No weights of bvlc-alexnet come along.*--weights/,
    },
    { why: 'a name without a format', args: ['convert', 'seed:1', 'x.pth'], says: /says no format.*--to native/ },
    { why: 'nothing of that name to pull', args: ['pull', 'vgg'], says: /Nothing is published here as "vgg"/ },
    {
      why: 'an unknown output',
      args: [
        'run',
        '--variant',
        'torchvision',
        ...narrow,
        '--weights',
        checkpoint,
        '--input',
        at2('input'),
        '--outputs',
        'fc9',
        '--out',
        'x',
      ],
      says: /no value fc9.*conv1/,
    },
  ])('$why', async ({ args, says }) => {
    if (args.includes(at2('input'))) await writeInput(at2('input'));
    const { code, out, err } = await alexnet(...args);
    expect(err).toMatch(says);
    expect(err).not.toContain('    at '); // no stack
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

/** A path that is known before the folder is. */
function at2(name: string): string {
  return join(tmpdir(), `alexnet-cli-${process.pid}-${name}.safetensors`);
}
afterAll(() => rm(at2('input'), { force: true }));

async function writeInput(path: string): Promise<void> {
  const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => ((i * 37) % 101) / 50 - 1);
  await writeFile(path, concatBytes(writeSafetensors(new Map([['input', { shape: [1, 3, 224, 224], data }]]))));
}

describe('inspect', () => {
  it('shows a variant to people and to scripts', async () => {
    const people = await alexnet('inspect', 'bvlc-alexnet');
    expect(people.out).toMatch(/conv1 +conv2d +3x227x227 +96x55x55 +34,944 +105,415,200/);
    expect(people.out).toContain('60,965,224 parameters');
    const [json] = lines((await alexnet('inspect', 'bvlc-alexnet', '--json')).out);
    expect(json).toMatchObject({ variant: 'bvlc-alexnet', parameters: 60_965_224, macs: 724_406_816 });
  });

  it('shows the tensors of a file, and NaN in them', async () => {
    const weights = new Map(seededWeights(createVariant('torchvision', { width: 1 / 16, classes: 10 }).graph, 1));
    weights.get('fc8.bias')!.data[3] = Number.NaN;
    await writeFile(at('nan.safetensors'), concatBytes(writeSafetensors(weights)));
    const { code, out } = await alexnet('inspect', at('nan.safetensors'));
    expect(out).toMatch(/fc8\.bias +F32 +10 +10 +1 NaN/);
    expect(code).toBe(0);
  });

  it('warns of NaN in native weights, once', async () => {
    await alexnet('convert', at('nan.safetensors'), at('nan'), '--variant', 'torchvision', ...narrow);
    const { code, err } = await alexnet('convert', at('nan'), at('nan.npy'));
    expect(err.match(/Warning: fc8\.bias of \S*nan holds values that are NaN or infinite/g)).toHaveLength(1);
    expect(code).toBe(0);
  });
});

describe('backends', () => {
  it('says what is here, what is missing and how to get it', async () => {
    const { code, out, err } = await alexnet('backends', '--json');
    const records = lines(out);
    expect(records.map(({ backend }) => backend)).toEqual([
      'webgpu',
      'onnx-node',
      'onnx-webgpu',
      'onnx-web',
      'tfjs-node-gpu',
      'tfjs-node',
      'tfjs-wasm',
      'tfjs-cpu',
      'reference',
    ]);
    for (const { available, detail, fix } of records) {
      expect(detail).toEqual(expect.any(String));
      if (available === false) expect(fix).toEqual(expect.any(String));
    }
    expect(err).toContain('onnxruntime-node');
    expect(code).toBe(0);
  });
});

describe('classify', () => {
  const classify = (...rest: string[]) =>
    alexnet('classify', ...rest, '--variant', 'torchvision', '--weights', checkpoint, ...narrow);

  it('gives the same classes on every backend', async () => {
    const [node, ...others] = await Promise.all(
      ['onnx-node', 'onnx-web', 'tfjs-wasm', 'reference'].map(async (backend) => {
        const [record] = lines((await classify(photograph, '--backend', backend, '--json', '--top', '3')).out);
        return record as unknown as { image: string; classes: { index: number; probability: number }[] };
      }),
    );
    expect(node?.classes).toHaveLength(3);
    for (const other of others) {
      expect(other?.classes.map(({ index }) => index)).toEqual(node?.classes.map(({ index }) => index));
      expect(other?.classes[0]?.probability).toBeCloseTo(node!.classes[0]!.probability, 5);
    }
  });

  it('goes on after a file that is no image, and ends with 1', async () => {
    await writeFile(at('letter.jpg'), 'Dear reader,');
    const { code, out, err } = await classify(at('letter.jpg'), photograph);
    expect(err).toContain('is not an image that can be read: it starts with "Dear reader,"');
    expect(out).toMatch(/probability +index +class/);
    expect(code).toBe(1);
  });
});

describe('weights that do not fit or are damaged end with 1 and say what is wrong', () => {
  const damaged = async (name: string, bytes: Uint8Array) => {
    await writeFile(at(name), bytes);
    return alexnet('classify', photograph, '--variant', 'torchvision', ...narrow, '--weights', at(name));
  };

  it.each([
    {
      why: 'cut off',
      name: 'cut.safetensors',
      change: (file: Buffer) => file.subarray(0, 100_000),
      says: /cut|end|byte/i,
    },
    {
      why: 'of no known format',
      name: 'text.safetensors',
      change: () => Buffer.from('hello, I am a letter'),
      says: 'The file is text, not weights: it begins "hello, I am a letter"',
    },
    { why: 'empty', name: 'empty.safetensors', change: () => Buffer.alloc(0), says: 'The file is empty' },
  ])('$why', async ({ name, change, says }) => {
    const { code, err } = await damaged(name, change(await readFile(checkpoint)));
    expect(err).toMatch(says);
    expect(err).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('of another width', async () => {
    const asked = ['--variant', 'torchvision', '--width', '0.5'];
    const { code, err } = await alexnet('classify', photograph, ...asked, '--weights', checkpoint);
    expect(err).toMatch(/conv1\.weight|features\.0\.weight/);
    expect(code).toBe(1);
  });

  it('not there', async () => {
    const { code, err } = await alexnet('classify', photograph, '--weights', at('nothing.safetensors'));
    expect(err).toContain('there is no such file');
    expect(code).toBe(1);
  });
});

describe('run', () => {
  it('writes every layer of a network on a given tensor', async () => {
    await writeInput(at('input.safetensors'));
    const { code } = await alexnet(
      'run',
      '--variant',
      'torchvision',
      ...narrow,
      '--weights',
      checkpoint,
      '--input',
      at('input.safetensors'),
      '--outputs',
      'all',
      '--out',
      at('out.safetensors'),
      '--backend',
      'onnx-node',
    );
    expect(code).toBe(0);
    const { tensors, metadata } = readSafetensors(await readFile(at('out.safetensors')));
    expect([...tensors.keys()]).toEqual(expect.arrayContaining(['conv1', 'relu1', 'pool1', 'fc8', 'prob']));
    expect(metadata).toMatchObject({ variant: 'torchvision', backend: 'onnx-node' });
    expect(await readdir(folder)).not.toContain('out.safetensors.partial');
  });

  it('computes with stored weights, and says in which precision', async () => {
    await writeInput(at('input.safetensors'));
    const withPrecision = async (precision: string) => {
      const out = at(`${precision}.safetensors`);
      const network = ['--variant', 'torchvision', ...narrow, '--weights', checkpoint];
      const files = ['--input', at('input.safetensors'), '--outputs', 'conv1,fc8', '--out', out];
      const { code } = await alexnet('run', ...network, ...files, '--backend', 'reference', '--precision', precision);
      expect(code).toBe(0);
      return readSafetensors(await readFile(out));
    };
    const [f32, q4] = [await withPrecision('f32'), await withPrecision('q4')];
    expect(q4.metadata).toMatchObject({ precision: 'q4' });
    expect(q4.tensors.get('conv1')?.data).toEqual(f32.tensors.get('conv1')?.data);
    expect(q4.tensors.get('fc8')?.data).not.toEqual(f32.tensors.get('fc8')?.data);
  });

  it('refuses a tensor of another shape', async () => {
    const data = new Float32Array(3 * 10 * 10);
    await writeFile(
      at('small.safetensors'),
      concatBytes(writeSafetensors(new Map([['input', { shape: [1, 3, 10, 10], data }]]))),
    );
    const { code, err } = await alexnet(
      'run',
      '--variant',
      'torchvision',
      '--weights',
      'seed:1',
      '--input',
      at('small.safetensors'),
      '--out',
      at('never'),
    );
    expect(err).toContain('must have shape N x 3x224x224');
    expect(code).toBe(1);
  });
});

describe('convert', () => {
  it('writes an ONNX file that classify reads back', async () => {
    const model = at('model.onnx');
    const network = ['--variant', 'torchvision', ...narrow];
    expect((await alexnet('convert', checkpoint, model, ...network)).code).toBe(0);
    const of = async (weights: string) =>
      lines((await alexnet('classify', photograph, ...network, '--weights', weights, '--json')).out)[0];
    expect(await of(model)).toEqual(await of(checkpoint));
  });

  it('says that it cannot write where a file is in place of the folder', async () => {
    const target = join(photograph, 'm.onnx');
    const { code, err } = await alexnet('convert', checkpoint, target, '--variant', 'torchvision', ...narrow);
    expect(err).toMatch(/Cannot write .*there is a file where a folder would have to be/);
    expect(code).toBe(1);
  });
});

describe('pull', () => {
  it('lists what is published', async () => {
    const { code, out } = await alexnet('pull');
    expect(out).toMatch(/torchvision .*alexnet-owt-7be5be79\.pth +244\.4/);
    expect(code).toBe(0);
  });
});
