import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpoint } from '@alexnet/checkpoints';
import { cifar10Labels, evaluate, preprocess, type RgbaImage, type Variant, type Weights } from '@alexnet/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withChromium } from '../testing/chromium.ts';
import { type Served, serveSite } from '../testing/site.ts';
import { scrollsSideways, type Visit, violations, visit } from '../testing/visit.ts';
import { rangeOf } from './pictures/range.ts';
import { percent, topFive } from './results/classes.ts';
import { pngOf } from './testing/png.ts';
import { sectionOf } from './testing/section.ts';
import { brokenFile, goldenFile, narrowNet, nativeFolder, unclearFile } from './testing/weight-files.ts';
import { defaultWeights } from './weights/default-weights.ts';

/*
 * The section in the built page, in a headless Chromium.
 */

const browser = withChromium();
let served: Served;
let seen: Visit;
let page: ReturnType<typeof sectionOf>;
beforeAll(async () => {
  served = await serveSite();
});
afterAll(() => served?.[Symbol.asyncDispose]());

/** Opens the page once for the tests of a group; at the end of each, nothing may stand on the console. */
function visiting(open: () => Promise<Visit>): void {
  beforeAll(async () => {
    seen = await open();
    page = sectionOf(seen.page);
  });
  afterEach(() => expect(seen.complaints).toEqual([]));
  afterAll(() => seen?.[Symbol.asyncDispose]());
}

/** No two pixels are alike; larger than any crop, so that it is resized. */
const picture: RgbaImage = {
  width: 300,
  height: 260,
  data: Uint8Array.from({ length: 4 * 300 * 260 }, (_, i) => {
    const [x, y] = [(i >> 2) % 300, Math.floor((i >> 2) / 300)];
    return [x % 256, (y * 3) % 256, (x * y) % 256, 255][i % 4]!;
  }),
};
const image = { name: 'picture.png', bytes: pngOf(picture), type: 'image/png' };

interface Net {
  readonly variant: Variant;
  readonly weights: Weights;
}

/** What the oracle says in Node, as the page shows it. */
function expected({ variant, weights }: Net, labels?: readonly string[], pixels = picture) {
  const input = preprocess(pixels, variant.preprocessing);
  const { data } = evaluate(variant.graph, weights, { input }).get('prob')!;
  return topFive(data, labels).map(({ label, probability }) => [label, percent(probability)]);
}

/** A sample as the browser decodes it. */
async function samplePixels(title: string): Promise<RgbaImage> {
  const { data, ...size } = await page
    .sample(title)
    .getByRole('img')
    .evaluate(async (element) => {
      const file = await (await fetch((element as HTMLImageElement).src)).blob();
      const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { width, height, data: pixels } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      return { width, height, data: [...pixels] };
    });
  return { ...size, data: Uint8Array.from(data) };
}

describe('an image', () => {
  visiting(() => visit(browser(), served.url));

  it('loads no engine before there is one', () => {
    expect(seen.requests.filter((url) => /\.wasm|worker/.test(url))).toEqual([]);
  });

  it('of the samples has the five classes of the oracle on both backends', async () => {
    await page.sample('A cat').click();
    await page.settled();
    const want = expected(await defaultWeights(), cifar10Labels, await samplePixels('A cat'));
    expect(want[0]![0]).toBe('cat');
    expect(await page.classesOf('onnx-web')).toEqual(want);
    expect(await page.classesOf('tfjs-wasm')).toEqual(want);
    expect(await page.section.getByRole('status').textContent()).toMatch(
      /^A cat: cat\. The same first class on both; probabilities differ by at most \de-\d\.$/,
    );
    await expect
      .poll(() => page.cards.locator('.time').allTextContents())
      .toEqual([expect.stringMatching(/^[\d.]+ ms$/), expect.stringMatching(/^[\d.]+ ms$/)]);
    expect(await page.facts.textContent()).toContain('It knows airplane, automobile, bird, ');
    expect(await page.alerts.count()).toBe(0);
  });

  it('is shown as the network sees it, beside the filters', async () => {
    const name = 'A cat, resized and cropped for the network';
    const input = page.section.getByRole('img', { name, exact: true });
    const redness = () =>
      input.evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(16, 16, 1, 1);
        return [data[0]! - data[2]!, data[3]!];
      });
    expect((await redness())[0]).toBeGreaterThan(20); // fur
    await page.section.getByRole('button', { name: 'green' }).click();
    expect(await page.section.getByRole('img', { name: `${name}, its green alone` }).count()).toBe(1);
    await page.section.getByRole('button', { name: 'all', exact: true }).click();
    expect(await page.section.getByRole('img', { name: 'The 32 filters of conv1 as small pictures' }).count()).toBe(1);
  });

  it('that is dropped takes the place of another', async () => {
    await page.drop([image]);
    await page.section.getByText('300 x 260 pixels').waitFor();
    await page.settled();
    expect(await page.classesOf('onnx-web')).toEqual(expected(await defaultWeights(), cifar10Labels));
    expect(await page.section.getByRole('status').textContent()).toMatch(/^picture.png: /);
  });

  it.each([
    { why: 'is none', file: { ...image, bytes: Buffer.from('hello, world') }, says: 'cannot read this as an image' },
    { why: 'is cut off', file: { ...image, bytes: image.bytes.subarray(0, 40) }, says: 'image' },
    {
      why: 'says that it has 200 million pixels',
      file: { ...image, bytes: pngOf(picture, { width: 20_000, height: 10_000 }) },
      says: 'has 20000 x 10000 pixels, and the limit is 64 million',
    },
    { why: 'is empty', file: { ...image, bytes: Buffer.alloc(0) }, says: 'empty file' },
  ])('that $why is refused; the page goes on', async ({ file, says }) => {
    await page.drop([file]);
    await page.alerts.filter({ hasText: says }).waitFor();
    await page.sample('A cat').click();
    await page.section.getByText('451 x 300 pixels').waitFor();
    await page.settled();
    await expect.poll(() => page.alerts.count()).toBe(0);
  });

  it('that is pasted is taken', async () => {
    await page.paste(image);
    await page.section.getByText('300 x 260 pixels').waitFor();
    await page.settled();
    expect(await page.classesOf('onnx-web')).toEqual(expected(await defaultWeights(), cifar10Labels));
    await page.sample('A cat').click();
    await page.section.getByText('451 x 300 pixels').waitFor();
  });

  it('that is pasted stays when a sample that was chosen before arrives', async () => {
    await seen.page.evaluate(() => {
      const { fetch } = window;
      const held = new Promise<void>((resolve) => addEventListener('release', () => resolve(), { once: true }));
      window.fetch = async (...given) => {
        window.fetch = fetch;
        await held;
        const response = await fetch(...given);
        const bytes = await response.blob();
        setTimeout(() => document.body.setAttribute('data-arrived', ''), 100);
        return new Response(bytes);
      };
    });
    await page.sample('A cat').click();
    await page.paste(image);
    await page.section.getByText('300 x 260 pixels').waitFor();
    await seen.page.evaluate(() => dispatchEvent(new Event('release')));
    await seen.page.locator('body[data-arrived]').waitFor();
    expect(await page.section.getByText('300 x 260 pixels').count()).toBe(1);
    await page.sample('A cat').click();
    await page.section.getByText('451 x 300 pixels').waitFor();
    await page.settled();
  });

  /** What the page says of the values that it shows, to three digits. */
  async function rangeShown(): Promise<string[]> {
    const text = await page.section.locator('.inside figcaption').textContent();
    const [, min, max] = /from (\S+) \(dark\) to (\S+) \(light\)/.exec(text ?? '') ?? [];
    return [min, max].map((value) => Number(value).toPrecision(3));
  }

  async function rangeExpected(): Promise<string[]> {
    const { variant, weights } = await defaultWeights();
    const input = preprocess(await samplePixels('A cat'), variant.preprocessing);
    const values = evaluate(variant.graph, weights, { input }, { outputs: ['conv1'] }).get('conv1')!.data;
    const { min, max } = rangeOf(Float32Array.from(values));
    return [min, max].map((value) => value.toPrecision(3));
  }

  it('is seen from inside, layer by layer', async () => {
    await page.section.getByText('Inside: what each layer makes of it').click();
    const values = page.section.getByRole('img', { name: /^conv1 for A cat: 32 channels$/ });
    await values.waitFor();
    expect(await rangeShown()).toEqual(await rangeExpected());
    const layer = page.section.getByLabel('Layer');
    const { graph } = (await defaultWeights()).variant;
    expect(await layer.getByRole('option').count()).toBe(graph.nodes.length);
    for (const [name, label, shape] of [
      ['pool5', 'pool5 for A cat: 256 channels', '256 x 4 x 4'],
      ['fc6', 'fc6 for A cat: 256 values', '256'],
      ['prob', 'prob for A cat: 10 values', '10'],
    ] as const) {
      await layer.selectOption(name);
      await page.section.getByRole('img', { name: label, exact: true }).waitFor();
      await page.section.locator('figcaption', { hasText: `${name}, ${shape}: from ` }).waitFor();
    }
  });

  it('and all about it is accessible, light and dark, wide and narrow', async () => {
    await page.section.getByText('Backends to compare:').click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await seen.page.emulateMedia({ colorScheme });
      expect(await violations(seen.page)).toEqual([]);
    }
    await seen.page.setViewportSize({ width: 360, height: 740 });
    expect(await violations(seen.page)).toEqual([]);
    expect(await scrollsSideways(seen.page)).toBe(false);
    await seen.page.setViewportSize({ width: 1280, height: 900 });
  });

  it('runs on other backends when they are chosen', async () => {
    await page.section.getByRole('checkbox', { name: /tfjs-wasm/ }).uncheck();
    await page.section.getByRole('checkbox', { name: /reference/ }).check();
    await expect.poll(() => page.cards.getByRole('heading').allTextContents()).toEqual(['onnx-web', 'reference']);
    await page.settled();
    expect(await page.classesOf('reference')).toEqual(await page.classesOf('onnx-web'));
    await page.section.getByRole('checkbox', { name: /reference/ }).uncheck();
    await page.section.getByRole('checkbox', { name: /onnx-web$/ }).uncheck();
    await page.section.getByText('No backend is chosen.').waitFor();
  });
});

describe('weights', () => {
  visiting(() => visit(browser(), served.url));
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alexnet-classify-'));
  });
  beforeAll(() => page.drop([image]));
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['torchvision.safetensors', 'torchvision.onnx', 'torchvision.pth'])(
    'in %s are read where they are dropped, and classify',
    async (name) => {
      await page.drop([{ name, bytes: goldenFile(name) }]);
      await page.facts.getByRole('heading', { name }).waitFor();
      const want = expected(await readCheckpoint(goldenFile('torchvision.safetensors')));
      await expect.poll(() => page.classesOf('onnx-web')).toEqual(want);
      await expect.poll(() => page.classesOf('tfjs-wasm')).toEqual(want);
      expect(await page.facts.textContent()).toContain('16, 227,150 values');
    },
  );

  it('that name their classes do so in the results: a file of Keras', async () => {
    await page.drop([{ name: 'keras-bn.h5', bytes: goldenFile('keras-bn.h5') }]);
    await page.facts.getByRole('heading', { name: 'keras-bn.h5' }).waitFor();
    const net = await readCheckpoint(goldenFile('keras-bn.h5'));
    await expect.poll(() => page.classesOf('onnx-web')).toEqual(expected(net, cifar10Labels));
  });

  it('in a native folder are read', async () => {
    const net = narrowNet('caffenet');
    const place = join(folder, 'my-net');
    await mkdir(place);
    for (const [name, data] of await nativeFolder(net)) await writeFile(join(place, name), data);
    await page.section.getByLabel('Choose a folder').setInputFiles(place);
    await page.facts.getByRole('heading', { name: 'my-net' }).waitFor();
    await expect.poll(() => page.classesOf('onnx-web')).toEqual(expected(net));
    expect(await page.section.getByRole('button', { name: 'blue' }).count()).toBe(1); // its input is BGR
  });

  it('that several networks may have are asked about, with what these do differently', async () => {
    await page.drop([{ name: 'mine.safetensors', bytes: unclearFile() }]);
    const choices = page.section.getByRole('group', { name: 'Networks that mine.safetensors may hold' });
    await choices.waitFor();
    expect(await choices.getByRole('listitem').allTextContents()).toContainEqual(
      expect.stringContaining('pools, then normalises; BGR at 227'),
    );
    await choices.getByRole('button', { name: 'BVLC AlexNet' }).click();
    await page.facts.getByRole('heading', { name: 'mine.safetensors' }).waitFor();
    await expect.poll(() => page.classesOf('tfjs-wasm')).toEqual(expected(narrowNet('bvlc-alexnet')));
  });

  it.each([
    { why: 'are cut off', name: 'a.safetensors', bytes: goldenFile('torchvision.safetensors').subarray(0, 300_000) },
    { why: 'are text', name: 'a.txt', bytes: Buffer.from('hello, world') },
    { why: 'are random', name: 'a.pth', bytes: Uint8Array.from({ length: 9000 }, (_, i) => (i * i * 31) % 251) },
    { why: 'want a file that is not there', name: 'a.onnx', bytes: goldenFile('zoo-bvlcalexnet-external.onnx') },
  ])('that $why are refused; those that were there stay', async ({ name, bytes }) => {
    const before = await page.facts.textContent();
    await page.drop([{ name, bytes }]);
    await page.alerts.filter({ hasText: `${name}: ` }).waitFor();
    expect(await page.facts.textContent()).toBe(before);
  });

  it('that are no numbers are warned of, and so are their results', async () => {
    await page.drop([{ name: 'broken.safetensors', bytes: brokenFile() }]);
    await page.section.getByRole('button', { name: 'CaffeNet' }).click();
    await page.facts.getByText('conv1.bias (1 NaN, 1 infinite)').waitFor();
    await page.settled();
    expect(await page.section.getByRole('img', { name: /filters of conv1/ }).count()).toBe(1);
  });
});

describe('somebody without a mouse', () => {
  visiting(() => visit(browser(), served.url));

  /** Presses Tab until something is in focus. */
  async function tabTo(name: string | RegExp, role: 'button' | 'checkbox' | 'combobox'): Promise<void> {
    const wanted = page.section.getByRole(role, { name });
    for (let presses = 0; presses < 80; presses++) {
      await seen.page.keyboard.press('Tab');
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`Tab does not lead to ${String(name)}`);
  }

  it('classifies, chooses backends and looks inside', async () => {
    await tabTo('An espresso cup', 'button');
    await seen.page.keyboard.press('Enter');
    await page.settled();
    const summary = page.section.locator('summary', { hasText: 'Backends to compare' });
    await summary.focus();
    await seen.page.keyboard.press('Enter');
    await tabTo(/tfjs-wasm/, 'checkbox');
    await seen.page.keyboard.press('Space');
    await expect.poll(() => page.cards.count()).toBe(1);
    await page.section.locator('summary', { hasText: 'Inside' }).focus();
    await seen.page.keyboard.press('Enter');
    await tabTo('Layer', 'combobox');
    await seen.page.keyboard.press('ArrowDown');
    await expect.poll(() => page.section.getByRole('img', { name: /^bn1 for An espresso cup/ }).count()).toBe(1);
  });

  it('finds the files to choose by Tab, though they are not to be seen', async () => {
    const names = await page.section
      .locator('input[type=file]')
      .evaluateAll((inputs) =>
        inputs.map((input) => (input as HTMLInputElement).labels?.[0]?.textContent?.slice(0, 15)),
      );
    expect(names).toEqual(['Choose an image', 'Choose a weight', 'Choose a folder']);
  });
});

describe('where memory is not shared', () => {
  let plain: Served;
  visiting(async () => {
    plain = await serveSite({ isolated: false });
    return visit(browser(), plain.url);
  });
  afterAll(() => plain?.[Symbol.asyncDispose]());

  it('an image is classified all the same', async () => {
    await page.drop([image]);
    await page.settled();
    const want = expected(await defaultWeights(), cifar10Labels);
    expect(await page.classesOf('onnx-web')).toEqual(want);
    expect(await page.classesOf('tfjs-wasm')).toEqual(want);
  });
});

describe('the camera', () => {
  const withCamera = withChromium({
    flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });

  describe('that is there', () => {
    visiting(() => visit(withCamera(), served.url));

    it('is seen as long as it runs, gives a picture, and stops', async () => {
      await page.section.getByRole('button', { name: 'Use the camera' }).click();
      const video = page.section.getByLabel('What the camera sees');
      await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBeGreaterThan(0);
      await page.section.getByRole('button', { name: 'Take a picture' }).click();
      await page.settled();
      expect(await page.section.getByRole('status').textContent()).toMatch(/^picture \d+ of the camera: /);
      const track = await video.evaluateHandle((element: HTMLVideoElement) =>
        (element.srcObject as MediaStream).getTracks().at(0),
      );
      await page.section.getByRole('button', { name: 'Stop the camera' }).click();
      expect(await track.evaluate((ended) => ended?.readyState)).toBe('ended');
      expect(await video.count()).toBe(0);
    });
  });

  describe('that is missing', () => {
    visiting(() => visit(browser(), served.url));

    it('is said to be', async () => {
      await page.section.getByRole('button', { name: 'Use the camera' }).click();
      await expect
        .poll(() => page.alerts.allTextContents())
        .toEqual([expect.stringMatching(/^There is no camera here. Choose a file/)]);
    });
  });
});
