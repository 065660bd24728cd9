import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sectionOf } from '../classify/testing/section.ts';
import { withChromium } from '../testing/chromium.ts';
import { type Served, serveSite } from '../testing/site.ts';
import { scrollsSideways, type Visit, violations, visit } from '../testing/visit.ts';
import { type Colour, square } from './testing/squares.ts';

/*
 * The section in the built page, in a headless Chromium.
 */

const browser = withChromium();
let served: Served;
let seen: Visit;

const section = () => seen.page.getByRole('region', { name: 'Teach it your own classes' });
const button = (name: string) => section().getByRole('button', { name, exact: true });
const group = (name: string) => section().getByRole('group', { name, exact: true });
const alert = (text: string) => section().getByRole('alert').filter({ hasText: text });
const squares = (colour: Colour, count: number) => Array.from({ length: count }, (_, i) => square(colour, i));
const result = () => section().locator('.agreement');

const complainsOfNothing = () => expect(seen.complaints).toEqual([]);

/** The classes of a backend, as shown, the likeliest first. */
const classesOf = (backend: string) =>
  section().getByRole('article', { name: backend }).getByRole('listitem').allTextContents();

describe('a person', () => {
  beforeAll(async () => {
    served = await serveSite();
    seen = await visit(browser(), served.url);
    seen.page.setDefaultTimeout(50_000); // a lesson takes its time where others use the cores
  });
  afterEach(complainsOfNothing);
  afterAll(async () => {
    await seen?.[Symbol.asyncDispose]();
    await served?.[Symbol.asyncDispose]();
  });

  it('begins with two classes, and nothing of it was loaded before', async () => {
    const loaded = () =>
      seen.page.evaluate(() =>
        performance.getEntriesByType('resource').filter(({ name }) => /Lesson|worker/.test(name)),
      );
    expect(await loaded()).toEqual([]);
    await button('Begin').click();
    await group('Class 1').waitFor();
    const focused = await seen.page.evaluate(() => (document.activeElement as HTMLInputElement).value);
    expect(focused).toBe('Class 1');
    expect(await section().textContent()).toContain('It builds on the network that comes with the page');
  });

  it('names them, and is told what is missing', async () => {
    await group('Class 1').getByLabel('Name').fill('red');
    await group('Class 2').getByLabel('Name').fill('blue');
    await button('Teach').click();
    await alert('red has no images. Give it some, or remove it.').waitFor();
    await button('Remove blue').click();
    await button('Teach').click();
    await alert('There is only one class').waitFor();
    await button('Add a class').click();
    await group('Class 2').getByLabel('Name').fill('blue');
    expect(await section().getByRole('alert').allTextContents()).toEqual([
      'There is only one class, so there is nothing to tell apart. Add a second.',
    ]);
  });

  it('gives images, and hears of each that is none: the others are taken', async () => {
    const text = { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('hello') };
    await group('red')
      .getByLabel('Choose images')
      .setInputFiles([...squares('red', 6), text, square('blue', 40)]);
    await group('red').getByText('7 images', { exact: true }).waitFor();
    const refused = group('red').getByRole('alert');
    expect(await refused.textContent()).toMatch(/One image was not taken:notes.png: .*cannot read this as an image/);
    await button('Remove blue-40.png').click();
    await group('red').getByText('6 images', { exact: true }).waitFor();
    expect(await group('red').getByRole('img').count()).toBe(6);
  });

  it('drops images on a class, and no other part of the page takes them', async () => {
    const files = squares('blue', 6).map(({ name, buffer }) => ({ name, base64: buffer.toString('base64') }));
    await group('blue')
      .getByText('Choose images')
      .evaluate((place, given) => {
        const data = new DataTransfer();
        for (const { name, base64 } of given) {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          data.items.add(new File([bytes], name, { type: 'image/png' }));
        }
        const options = { bubbles: true, cancelable: true, dataTransfer: data };
        place.dispatchEvent(new DragEvent('dragover', options));
        place.dispatchEvent(new DragEvent('drop', options));
      }, files);
    await group('blue').getByText('6 images', { exact: true }).waitFor();
    expect(await sectionOf(seen.page).cards.count()).toBe(0);
  });

  it('cancels a lesson, and nothing came of it', async () => {
    await button('Teach').click();
    await section().getByRole('progressbar', { name: 'Taught' }).waitFor();
    expect(await group('red').getByLabel('Name').isDisabled()).toBe(true);
    await button('Cancel').click();
    await button('Teach').waitFor();
    expect(await section().getByRole('progressbar').count()).toBe(0);
    expect(await section().getByRole('alert').filter({ hasNotText: 'notes.png' }).count()).toBe(0);
  });

  it('is told when no backend is chosen', async () => {
    const choices = sectionOf(seen.page).section;
    await choices.getByText('Backends to compare:').click();
    for (const name of [/onnx-web$/, /tfjs-wasm/]) await choices.getByRole('checkbox', { name }).uncheck();
    await button('Teach').click();
    await alert('No backend is chosen. Choose one under “Backends to compare”.').waitFor();
    for (const name of [/onnx-web$/, /tfjs-wasm/]) await choices.getByRole('checkbox', { name }).check();
    expect(await section().getByRole('progressbar').count()).toBe(0);
  });

  it('teaches them: images that were held out are told apart', async () => {
    await button('Teach').click();
    await section().getByText('What it has learned').waitFor();
    expect(await section().textContent()).toMatch(
      /learned 2 classes from 12 images\. Held-out images: 2 of 2 right \(100 %\)/,
    );
    const plot = section().getByRole('img', { name: /^The loss over \d+ rounds: from 0\.\d+ to 0\.\d+$/ });
    const [, first, last] = /from (\S+) to (\S+)/.exec((await plot.getAttribute('aria-label'))!)!;
    expect(Number(last)).toBeLessThan(Number(first) / 2);
  });

  it.each(['red', 'blue'] as const)('tries it with a %s one that it has not seen, on every backend', async (colour) => {
    await section().getByLabel('Choose an image of any class').setInputFiles(square(colour, 77));
    await result()
      .filter({ hasText: `${colour}-77.png: ${colour}. The same first class on both` })
      .waitFor();
    for (const backend of ['onnx-web', 'tfjs-wasm']) {
      expect((await classesOf(backend))[0]).toMatch(new RegExp(`^${colour}`));
    }
  });

  it('and all about it is accessible, light and dark, wide and narrow', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await seen.page.emulateMedia({ colorScheme });
      expect(await violations(seen.page)).toEqual([]);
    }
    await seen.page.setViewportSize({ width: 320, height: 740 });
    expect(await violations(seen.page)).toEqual([]);
    expect(await scrollsSideways(seen.page)).toBe(false);
    await seen.page.setViewportSize({ width: 1280, height: 900 });
  });

  it('saves the network, and the page reads it back: the same classes, the same probabilities', async () => {
    const before = await classesOf('onnx-web');
    const [download] = await Promise.all([seen.page.waitForEvent('download'), button('Save the network').click()]);
    expect(download.suggestedFilename()).toBe('red-blue.safetensors');
    const bytes = await readFile(await download.path());
    const above = sectionOf(seen.page);
    await above.section.getByLabel('Choose a weight file').setInputFiles({
      name: 'red-blue.safetensors',
      mimeType: 'application/octet-stream',
      buffer: bytes,
    });
    await above.facts.getByRole('heading', { name: 'red-blue.safetensors' }).waitFor();
    const { name, mimeType, buffer } = square('blue', 77);
    await above.drop([{ name, type: mimeType, bytes: buffer }]);
    await above.settled();
    expect((await above.classesOf('onnx-web')).map((columns) => columns.join(''))).toEqual(before);
    expect(await section().textContent()).toContain('It builds on red-blue.safetensors');
  });

  it('teaches again what is saved, with a third class of too few images to say how good it is', async () => {
    await button('Add a class').click();
    await group('Class 3').getByLabel('Name').fill('green');
    await group('green').getByLabel('Choose images').setInputFiles(squares('green', 2));
    await group('green').getByText('2 images', { exact: true }).waitFor();
    await button('Teach again').click();
    await section().getByText('nobody can say: that takes at least 5 images of every class').waitFor();
    await section().getByLabel('Choose an image of any class').setInputFiles(square('green', 78));
    await result().filter({ hasText: 'green-78.png: green.' }).waitFor();
    expect(await classesOf('tfjs-wasm')).toHaveLength(3);
  });
});

describe('the camera of a class', () => {
  const withCamera = withChromium({
    flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  const camera = () => group('Class 1').getByRole('button', { name: 'Use the camera' });
  const see = () => group('Class 1').getByLabel('What the camera sees');

  beforeAll(async () => {
    served = await serveSite();
    seen = await visit(withCamera(), served.url);
    await button('Begin').click();
    await group('Class 1').waitFor();
  });
  afterEach(complainsOfNothing);
  afterAll(async () => {
    await seen?.[Symbol.asyncDispose]();
    await served?.[Symbol.asyncDispose]();
  });

  it('gives it pictures that have names of their own, and the keyboard stays where it is used', async () => {
    await camera().click();
    await expect.poll(() => see().evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0);
    const focused = () => seen.page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused).toBe('Take a picture');
    await seen.page.keyboard.press('Enter');
    await group('Class 1').getByText('1 image', { exact: true }).waitFor();
    await seen.page.keyboard.press('Enter');
    await group('Class 1').getByText('2 images', { exact: true }).waitFor();
    const names = await group('Class 1')
      .getByRole('img')
      .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).alt));
    expect(new Set(names).size).toBe(2);
    await group('Class 1').getByRole('button', { name: 'Stop the camera' }).click();
    await expect.poll(focused).toBe('Use the camera');
  });

  it('never runs unseen: a class that is removed while the browser asks gets none', async () => {
    const opened = seen.page.evaluateHandle(
      () =>
        new Promise<MediaStream>((resolve) => {
          const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (wanted) => {
            await new Promise((allow) => addEventListener('allowed', allow, { once: true }));
            const stream = await open(wanted);
            resolve(stream);
            return stream;
          };
        }),
    );
    await camera().click();
    expect(await camera().isDisabled()).toBe(true);
    await button('Remove Class 1').click();
    await seen.page.evaluate(() => dispatchEvent(new Event('allowed')));
    const stream = await opened;
    const states = () => stream.evaluate((given) => given.getTracks().map(({ readyState }) => readyState));
    await expect.poll(states).toEqual(['ended']);
  });
});
