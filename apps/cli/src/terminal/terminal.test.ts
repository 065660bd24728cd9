import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { stylesFor } from './colour.ts';
import { createProgress } from './progress.ts';
import { table } from './table.ts';
import { stepLabel } from './training.ts';

describe('a table', () => {
  it('aligns columns, numbers to the right', () => {
    expect(
      table(
        [
          { layer: 'conv1', MACs: '105' },
          { layer: 'fc', MACs: '7,000' },
        ],
        { right: ['MACs'] },
      ),
    ).toBe(['layer   MACs', 'conv1    105', 'fc     7,000'].join('\n'));
  });

  it('counts what is seen, not the codes of colours', () => {
    expect(
      table([
        { a: '\u001B[31mno\u001B[39m', b: 'x' },
        { a: 'yes', b: 'y' },
      ]).split('\n')[1],
    ).toBe('\u001B[31mno\u001B[39m   x');
  });

  it('is nothing without rows', () => {
    expect(table([])).toBe('');
  });
});

describe('colours', () => {
  it.each([
    { why: 'on a terminal', isTTY: true, env: {}, coloured: true },
    { why: 'not in a file', isTTY: false, env: {}, coloured: false },
    { why: 'not with NO_COLOR', isTTY: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, coloured: false },
    { why: 'with FORCE_COLOR', isTTY: false, env: { FORCE_COLOR: '1' }, coloured: true },
    { why: 'not with FORCE_COLOR=0', isTTY: true, env: { FORCE_COLOR: '0' }, coloured: false },
  ])('$why', ({ isTTY, env, coloured }) => {
    expect(stylesFor({ isTTY }, env).bad('no')).toBe(coloured ? '\u001B[31mno\u001B[39m' : 'no');
  });
});

describe('progress', () => {
  const capture = (properties: object) => {
    const written: string[] = [];
    const stream = Object.assign(new PassThrough(), properties);
    stream.on('data', (chunk: Buffer) => written.push(chunk.toString()));
    return { stream, written };
  };

  it('redraws one line on a terminal, cut to its width, and takes it away', () => {
    const { stream, written } = capture({ isTTY: true, columns: 40 });
    const progress = createProgress(stream);
    progress.update('conv1 of a network with a long name', 1, 2);
    progress.clear();
    expect(written.join('')).toBe('\r\u001B[K██░░ 50% conv1 of a network with a long\r\u001B[K');
  });

  it('has room for the speed of a training on 80 columns', () => {
    const { stream, written } = capture({ isTTY: true, columns: 80 });
    const step = { epoch: 11, loss: 1.2345, accuracy: 0.5512, learningRate: 0.0975, imagesPerSecond: 204 };
    const label = stepLabel({ kind: 'step', ...step, step: 5, done: 6, batches: 9, secondsLeft: 720 }, 20);
    createProgress(stream).update(label, 41, 100, 720);
    expect(written.join('')).toBe(
      '\r\u001B[K██░░ 41% 12 min left epoch 12/20  loss 1.234  accuracy 55.1 %  204 images/s  ra',
    );
  });

  it('writes a plain line at most every five seconds elsewhere', () => {
    const { stream, written } = capture({});
    let time = 0;
    const progress = createProgress(stream, () => time);
    for (time = 0; time <= 11_000; time += 100) progress.update('works', time, 11_000);
    progress.clear();
    expect(written).toHaveLength(3);
    expect(written.join('')).not.toContain('\u001B');
  });

  it.each([
    { seconds: 0.2, text: '1 s left' },
    { seconds: 89, text: '89 s left' },
    { seconds: 100, text: '2 min left' },
    { seconds: 4900, text: '82 min left' },
    { seconds: 5500, text: '1 h 32 min left' },
  ])('says how long it will take: $text', ({ seconds, text }) => {
    const { stream, written } = capture({});
    createProgress(stream).update('works', 1, 4, seconds);
    expect(written.join('')).toBe(`${'█'.repeat(6)}${'░'.repeat(18)} 25% ${text} works\n`);
  });

  it('is a label where the end is not known', () => {
    const { stream, written } = capture({});
    createProgress(stream).update('compiles');
    expect(written).toEqual(['compiles\n']);
  });
});
