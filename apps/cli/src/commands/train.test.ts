import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectWeights, createVariant, type Manifest, parseManifest } from '@alexnet/core';
import { openWeights } from '@alexnet/core/files';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../program.ts';
import { pictureFolder } from '../testing/pictures.ts';
import { alexnet, alexnetJson } from '../testing/run-command.ts';

type Line = Record<string, unknown>;

/** As small as the network gets; 63 pixels is the least that it takes. */
const small = ['--variant', 'torchvision', '--width', '0.03125', '--input-size', '64'];
const on = ['--backend', 'tfjs-cpu'];

let folder: string;
let pictures: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-train-'));
  pictures = await pictureFolder(at('pictures'), ['red', 'green', 'blue'], 6);
});
afterAll(() => rm(folder, { recursive: true }));

async function weightsIn(output: string) {
  await using opened = await openWeights(join(output, 'weights'));
  return await collectWeights(opened);
}

async function manifestIn(output: string): Promise<Manifest> {
  return parseManifest(await readFile(join(output, 'weights/manifest.json')));
}

describe('train', () => {
  let records: Line[];
  let ended: number | undefined;
  let output: string;
  beforeAll(async () => {
    output = at('run');
    await writeFile(join(pictures, 'red/letter.png'), 'Dear reader,');
    await writeFile(join(pictures, 'red/notes.md'), 'notes');
    await writeFile(join(pictures, 'red/._0.png'), 'what a Mac leaves beside pictures');
    const args = [
      'train',
      pictures,
      ...small,
      ...on,
      '--epochs',
      '3',
      '--batch',
      '4',
      '--val-fraction',
      '0.34',
      '--seed',
      '5',
    ];
    const { code, records: lines } = await alexnetJson<Line>(...args, '--output', output);
    records = lines;
    ended = code;
  });

  it('tells each epoch, and what came of it', () => {
    expect(ended).toBe(0);
    const epochs = records.filter(({ training }) => training !== undefined);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(records.at(-1)).toMatchObject({
      backend: 'tfjs-cpu',
      ended: 'epochs',
      epochs: 3,
      skipped: 2,
      best: { epoch: expect.any(Number), value: expect.any(Number) },
      top1: expect.any(Number),
    });
  });

  it('leaves weights that know their classes, a report, checkpoints and what was skipped', async () => {
    expect((await readdir(output)).sort()).toEqual(['checkpoints', 'report.html', 'skipped.txt', 'weights']);
    const manifest = await manifestIn(output);
    expect(manifest).toMatchObject({
      variant: 'torchvision',
      labels: ['blue', 'green', 'red'],
      dimensions: { classes: 3, width: 0.03125, inputSize: 64 },
      provenance: { source: 'alexnet train, recipe uestcsongtaoli, seed 5' },
    });
    const report = await readFile(join(output, 'report.html'), 'utf8');
    expect(report).toMatch(/validation accuracy, epoch 3/);
    expect(report).toContain('Which class was taken for which');
    expect(report).toContain('data:image/bmp');
    const skipped = await readFile(join(output, 'skipped.txt'), 'utf8');
    expect(skipped).toMatch(/red\/notes\.md\t.*extension/);
    expect(skipped.match(/letter\.png\t/g)).toHaveLength(1);
    const files = await readdir(join(output, 'checkpoints'));
    expect(files.filter((name) => name.startsWith('checkpoint-'))).toHaveLength(2);
    expect(files.filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('goes on after it was cancelled, to the same weights', async () => {
    const args = [
      'train',
      pictures,
      ...small,
      ...on,
      '--epochs',
      '3',
      '--batch',
      '4',
      '--val-fraction',
      '0.34',
      '--seed',
      '5',
      '--output',
      at('again'),
    ];
    const controller = new AbortController();
    const program = createProgram('0.0.0', controller.signal, () => {});
    const write = process.stderr.write;
    let err = '';
    process.stderr.write = (text: Uint8Array | string) => {
      err += String(text);
      if (String(text).includes('epoch 1/3')) controller.abort();
      return true;
    };
    try {
      await expect(program.parseAsync([...args, '--json'], { from: 'user' })).rejects.toMatchObject({
        code: 'aborted',
      });
    } finally {
      process.stderr.write = write;
    }
    expect(err).toMatch(/All until here is in checkpoint-\d+\.safetensors: the same command with --resume goes on/);
    expect(await readdir(at('again'))).not.toContain('weights');
    expect(await alexnet(...args, '--resume')).toBe(0);
    expect(await weightsIn(at('again'))).toEqual(await weightsIn(output));
  });

  it('measures the best weights anew when nothing is left to train', async () => {
    const args = [
      'train',
      pictures,
      ...small,
      ...on,
      '--epochs',
      '3',
      '--batch',
      '4',
      '--val-fraction',
      '0.34',
      '--seed',
      '5',
      '--output',
      output,
    ];
    const { code, records: again } = await alexnetJson<Line>(...args, '--resume');
    expect(code).toBe(0);
    expect(again.at(-1)).toMatchObject({
      top1: records.at(-1)!['top1'],
      loss: expect.closeTo(records.at(-1)!['loss'] as number, 6),
    });
  });

  it('keeps what there is where nothing is left to train, and the best weights of the checkpoints are lost', async () => {
    const copy = at('lost');
    await cp(output, copy, { recursive: true });
    const checkpoints = join(copy, 'checkpoints');
    for (const name of await readdir(checkpoints)) if (name.startsWith('best-')) await rm(join(checkpoints, name));
    const args = ['--epochs', '3', '--batch', '4', '--val-fraction', '0.34', '--seed', '5', '--output', copy];
    await expect(alexnet('train', pictures, ...small, ...on, ...args, '--resume')).rejects.toThrow(
      /All 3 epochs .* are over, and its best weights cannot be read/,
    );
    expect(await weightsIn(copy)).toEqual(await weightsIn(output));
  });

  describe('then', () => {
    it('eval says how good the weights are, and ends with three numbers', async () => {
      const args = [
        'eval',
        pictures,
        '--weights',
        join(output, 'weights'),
        '--backend',
        'onnx-node',
        '--html',
        at('eval.html'),
      ];
      const { code, records: lines } = await alexnetJson<Line>(...args);
      expect(code).toBe(1); // the letter
      const { top1, ...rest } = lines.at(-1)!;
      expect(rest).toEqual({ top5: 1, n: 18 });
      const { confusion } = lines.at(-2) as { confusion: number[][] };
      expect((confusion[0]![0]! + confusion[1]![1]! + confusion[2]![2]!) / 18).toBe(top1);
      expect(await readFile(at('eval.html'), 'utf8')).toContain('red taken for');
    });

    it('eval averages ten crops', async () => {
      const args = ['eval', pictures, '--weights', join(output, 'weights'), '--backend', 'onnx-node', '--batch', '5'];
      const ten = await alexnetJson<Line>(...args, '--ten-crop');
      const one = await alexnetJson<Line>(...args);
      expect(ten.records.at(-1)).toMatchObject({ n: 18 });
      expect(ten.records.at(-2)!['loss']).not.toBe(one.records.at(-2)!['loss']);
    });

    it('eval standardises pixels as the recipe did that made the weights', async () => {
      const run = at('standardised');
      const set = await pictureFolder(at('standard'), ['red', 'green'], 4);
      const steps = ['--epochs', '2', '--batch', '4', '--recipe', 'leaves', '--val', set];
      const trained = await alexnetJson<Line>('train', set, ...small, ...on, ...steps, '--output', run);
      const own = createVariant('torchvision').preprocessing;
      const { preprocessing } = await manifestIn(run);
      expect(preprocessing).toMatchObject({ channels: own.channels, scale: 1 / 50 });
      expect(preprocessing).not.toHaveProperty('deviation');
      const weights = ['--weights', join(run, 'weights'), '--backend', 'onnx-node'];
      const { records: lines } = await alexnetJson<Line>('eval', set, ...weights);
      expect(lines.at(-2)!['loss']).toBeCloseTo(trained.records.at(-1)!['loss'] as number, 4);

      const tuned = at('standardised-tuned');
      const larger = ['--input-size', '96', '--replace', 'fc6', ...on, '--epochs', '1', '--batch', '4'];
      const from = ['finetune', set, '--weights', join(run, 'weights')];
      await alexnetJson<Line>(...from, ...larger, '--output', tuned);
      const { resize, ...values } = (await manifestIn(tuned)).preprocessing;
      expect(resize!.size).toBe(109); // torchvision's margin
      expect(values).toEqual({ ...preprocessing, resize: undefined, crop: { mode: 'centre', size: 96 } });
    });

    it('eval takes a list with numbers of classes', async () => {
      await writeFile(at('list.txt'), 'pictures/blue/0.png 0\npictures/green/1.png 1\n');
      const args = ['eval', at('list.txt'), '--weights', join(output, 'weights'), '--backend', 'onnx-node'];
      const { code, records: lines } = await alexnetJson<Line>(...args);
      expect(code).toBe(0);
      expect(lines.at(-1)).toMatchObject({ n: 2 });
    });

    it('finetune trains the last layers for other classes, and leaves the others as they are', async () => {
      const others = await pictureFolder(at('others'), ['cyan', 'pink'], 4);
      const tuned = at('tuned');
      const args = [
        'finetune',
        others,
        '--weights',
        join(output, 'weights'),
        '--replace',
        'fc7',
        '--learning-rate',
        '0.05',
      ];
      const { code } = await alexnetJson<Line>(...args, ...on, '--epochs', '2', '--batch', '4', '--output', tuned);
      expect(code).toBe(0);
      expect(await manifestIn(tuned)).toMatchObject({
        labels: ['cyan', 'pink'],
        dimensions: { classes: 2 },
        provenance: { source: 'alexnet finetune of weights, recipe kratzert, seed 0' },
      });
      const [before, after] = [await weightsIn(output), await weightsIn(tuned)];
      for (const name of ['conv1.weight', 'conv5.bias', 'fc6.weight'])
        expect(after.get(name)).toEqual(before.get(name));
      expect(after.get('fc7.weight')).not.toEqual(before.get('fc7.weight'));
      expect(after.get('fc8.weight')!.shape[0]).toBe(2);
    });

    it('features writes a layer of each image as NumPy has it', async () => {
      const out = at('features/fc7.npy');
      const args = [
        'features',
        pictures,
        '--weights',
        join(output, 'weights'),
        '--layer',
        'relu7',
        '--output',
        out,
        '--batch',
        '4',
      ];
      const { code, records: lines } = await alexnetJson<Line>(...args, '--backend', 'onnx-node');
      expect(code).toBe(1); // the letter
      expect(lines.filter(({ skipped }) => skipped !== undefined)).toHaveLength(1);
      expect(lines.at(-1)).toMatchObject({ shape: [18, 128] });
      const bytes = await readFile(out);
      expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
      const header = bytes.subarray(10, 10 + bytes.readUInt16LE(8)).toString();
      expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(18, 128\), \} *\n$/);
      expect((10 + header.length) % 64).toBe(0);
      expect(bytes.length - 10 - header.length).toBe(4 * 18 * 128);
      const rows = (await readFile(at('features/fc7.txt'), 'utf8')).trim().split('\n');
      expect(rows).toHaveLength(18);
      expect(rows[0]).toBe(join(pictures, 'blue/0.png'));
      // one image alone has the same features as it has among others
      const alone = at('features/alone.npy');
      const single = [
        'features',
        rows[7]!,
        '--weights',
        join(output, 'weights'),
        '--layer',
        'relu7',
        '--output',
        alone,
      ];
      expect(await alexnet(...single, '--backend', 'onnx-node')).toBe(0);
      const data = (file: Buffer, row: number) =>
        new Float32Array(Uint8Array.from(file.subarray(128 + row * 512, 128 + (row + 1) * 512)).buffer);
      const [a, b] = [data(await readFile(alone), 0), data(bytes, 7)];
      expect(Math.max(...a)).toBeGreaterThan(0);
      for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i]!, 4);
    });
  });
});

describe('what a killed run, or a full disk, leaves', () => {
  const briefly = (...more: string[]) =>
    alexnet('train', pictures, ...small, ...on, '--epochs', '1', '--batch', '9', ...more);

  it('half a checkpoint is no training to go on with, and goes', async () => {
    const output = at('killed');
    const half = join(output, 'checkpoints/checkpoint-000000001.safetensors.partial');
    await mkdir(join(output, 'checkpoints'), { recursive: true });
    await writeFile(half, 'half');
    await expect(briefly('--output', output, '--resume')).rejects.toThrow(/There is no checkpoint in/);
    await writeFile(half, 'half');
    expect(await briefly('--output', output)).toBe(0);
    expect(await readdir(join(output, 'checkpoints'))).not.toContain('checkpoint-000000001.safetensors.partial');
  });

  it('best weights of checkpoints that somebody removed go', async () => {
    const output = at('removed');
    const left = join(output, 'checkpoints/best-000000040.safetensors');
    await mkdir(join(output, 'checkpoints'), { recursive: true });
    await writeFile(left, 'left');
    expect(await briefly('--output', output)).toBe(0);
    expect(await readdir(join(output, 'checkpoints'))).not.toContain('best-000000040.safetensors');
  });

  it('another picture under the name of none is another training', async () => {
    const output = at('renamed');
    const set = await pictureFolder(at('renaming'), ['red', 'green'], 4);
    const args = ['train', set, ...small, ...on, '--batch', '4', '--output', output];
    expect(await alexnet(...args, '--epochs', '1')).toBe(0);
    await rename(join(set, 'red/0.png'), join(set, 'red/9.png'));
    await expect(alexnet(...args, '--epochs', '2', '--resume')).rejects.toThrow(/its digest of the images is/);
  });

  it('without room for decoded pictures they are decoded in each epoch', async () => {
    const output = at('no-room');
    await mkdir(join(output, 'images/training.pack/in-the-way'), { recursive: true });
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(await briefly('--output', output)).toBe(0);
      const notes = written.mock.calls.map(([text]) => String(text)).join('');
      expect(notes).toMatch(/training\.pack cannot be written.*Each epoch decodes the images anew/);
      await rm(join(output, 'images/training.pack'), { recursive: true, force: true });
      written.mockClear();
      expect(
        await alexnet(
          'train',
          pictures,
          ...small,
          ...on,
          '--epochs',
          '2',
          '--batch',
          '9',
          '--output',
          output,
          '--resume',
        ),
      ).toBe(0);
      expect(written.mock.calls.map(([text]) => String(text)).join('')).not.toContain('decoding'); // as before: the same pixels
    } finally {
      written.mockRestore();
    }
  });
});

describe('what cannot be done is said', () => {
  it.each<{ why: string; args: () => string[] | Promise<string[]>; says: RegExp; code?: string }>([
    { why: 'a folder that is not there', args: () => [at('nothing')], says: /nothing.*does not exist/ },
    { why: 'one class', args: async () => [await pictureFolder(at('one'), ['only'], 2)], says: /only one class, only/ },
    {
      why: 'a class without images',
      args: async () => {
        await mkdir(at('gap/empty'), { recursive: true });
        return [await pictureFolder(at('gap'), ['full'], 2)];
      },
      says: /class empty has no images/,
    },
    {
      why: 'a validation set with another class',
      args: async () => [pictures, '--val', await pictureFolder(at('foreign'), ['red', 'violet'], 1)],
      says: /violet is none of the 3 classes/,
    },
    {
      why: 'a recipe that begins with weights',
      args: () => [pictures, '--recipe', 'kratzert'],
      says: /alexnet finetune --recipe kratzert/,
    },
    { why: 'no checkpoint to go on from', args: () => [pictures, '--resume'], says: /There is no checkpoint in/ },
    {
      why: 'a training that is there already',
      args: () => [pictures, '--output', at('run')],
      says: /a training in .*run already.*--resume/,
    },
    {
      why: 'another seed to go on with',
      args: () => [
        pictures,
        '--output',
        at('run'),
        '--resume',
        '--batch',
        '4',
        '--val-fraction',
        '0.34',
        '--seed',
        '6',
      ],
      says: /its seed is 5, not 6/,
    },
    {
      why: 'an output that is a file',
      args: () => [pictures, '--output', join(pictures, 'red/0.png')],
      says: /Cannot (open|write)|ENOTDIR|folder/,
    },
    {
      why: 'a rate of nothing',
      args: () => [pictures, '--learning-rate', '0'],
      says: /--learning-rate takes a number above 0/,
    },
  ])('$why', async ({ args, says }) => {
    const given = await args();
    const output = given.includes('--output') ? [] : ['--output', at('never')];
    await expect(alexnet('train', ...given, ...small, ...on, ...output)).rejects.toThrow(says);
    expect(await readdir(folder)).not.toContain('never');
  });

  it('a loss that is no number, and the checkpoint before it stays', async () => {
    const args = [
      'train',
      pictures,
      ...small,
      ...on,
      '--recipe',
      'bvlc',
      '--epochs',
      '9',
      '--batch',
      '9',
      '--output',
      at('diverged'),
    ];
    await expect(alexnet(...args, '--learning-rate', '900000')).rejects.toThrow(
      /diverged: at step \d+ .*Lower the learning rate/,
    );
  });

  it('a layer that there is not', async () => {
    const args = [
      'features',
      pictures,
      '--weights',
      join(at('run'), 'weights'),
      '--layer',
      'fc9',
      '--output',
      at('x.npy'),
    ];
    await expect(alexnet(...args)).rejects.toThrow(/no layer fc9.*conv1/);
  });
});
