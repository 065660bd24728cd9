import { AlexNetError, type Precision, type ProgramPrecision, precisions } from '@alexnet/core';
import { type Command, Option } from 'commander';
import { SHIPPED } from './weights/locate.ts';

/** Options that choose the network: all commands that take a variant spell them alike. */
export interface NetworkOptions {
  readonly classes?: number;
  readonly width?: number;
  readonly inputSize?: number;
}

/** Options that say where and how to run. */
export interface RunOptions {
  readonly backend?: readonly string[];
  readonly threads?: number;
}

/** Where the backends run: in this process, or in a page of a headless browser. */
export interface PlaceOption {
  readonly in: 'node' | 'chromium';
}

/** What the WebGPU backend asks of its adapter: all it gives, or what every device has. */
export interface LimitsOption {
  readonly webgpuLimits: 'adapter' | 'default';
}

/** How the weights of linear layers are stored. */
export interface PrecisionOption {
  readonly precision: Precision;
}

export interface JsonOption {
  readonly json?: true;
}

export function networkOptions(command: Command): Command {
  return sizeOptions(
    command.addOption(new Option('--classes <n>', 'number of classes').argParser(wholeNumber('--classes'))),
  );
}

/** The network's size where its classes are those of a set. */
export function sizeOptions(command: Command): Command {
  return command
    .addOption(new Option('--width <factor>', 'channel multiplier, e.g. 0.25').argParser(positive('--width')))
    .addOption(new Option('--input-size <pixels>', 'input height and width').argParser(wholeNumber('--input-size')));
}

export function variant(command: Command): Command {
  return command.option('--variant <id>', 'network (default: what the weights say; for generated ones bvlc-alexnet)');
}

export function weights(command: Command): Command {
  return command.option(
    '--weights <weights>',
    `weight file of any format, folder or address of native weights, seed:N for generated ones (default: ${SHIPPED}, which comes along)`,
  );
}

export function runOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--backend <id...>', 'backends to use (default: see `alexnet backends`); conform also takes modules'),
    )
    .addOption(new Option('--threads <n>', 'processor threads').argParser(wholeNumber('--threads')));
}

export function placeOption(command: Command): Command {
  return command.addOption(
    new Option('--in <place>', 'where to run: this process, or a page of headless Chromium')
      .choices(['node', 'chromium'])
      .default('node'),
  );
}

export function limitsOption(command: Command): Command {
  return command.addOption(
    new Option('--webgpu-limits <which>', 'all that the adapter gives, or what the smallest WebGPU device has')
      .choices(['adapter', 'default'])
      .default('adapter'),
  );
}

export function precisionOption(command: Command): Command {
  return command.addOption(
    new Option('--precision <p>', 'how the weights of linear layers are stored').choices(precisions).default('f32'),
  );
}

export function jsonOption(command: Command): Command {
  return command.option('--json', 'JSON on standard output, one document per line; text on standard error');
}

export function seedOption(command: Command, of = 'the generated weights'): Command {
  return command.addOption(new Option('--seed <n>', `seed of ${of}`).argParser(seedNumber).default(0));
}

/** `NetworkOptions` as core takes them. */
export function pickNetwork({ classes, width, inputSize }: NetworkOptions): NetworkOptions {
  return {
    ...(classes === undefined ? {} : { classes }),
    ...(width === undefined ? {} : { width }),
    ...(inputSize === undefined ? {} : { inputSize }),
  };
}

export function wholeNumber(option: string): (text: string) => number {
  return (text) => parse(option, text, /^[1-9]\d{0,6}$/, 'a whole number above 0');
}

/** `1,8,32` as `[1, 8, 32]`. */
export function wholeNumbers(option: string): (text: string) => number[] {
  return (text) => text.split(',').map(wholeNumber(option));
}

/** `5MB`, `300kB` or a number of bytes. */
export function byteCount(option: string): (text: string) => number {
  return (text) => {
    const [, number, unit] = /^(\d{1,12}(?:\.\d+)?)(B|kB|MB)?$/.exec(text) ?? [];
    if (number === undefined) throw usage(option, text, 'a size like 5MB or 300kB');
    return Number(number) * { B: 1, kB: 1e3, MB: 1e6 }[(unit ?? 'B') as 'B' | 'kB' | 'MB'];
  };
}

export function positive(option: string): (text: string) => number {
  return (text) => parse(option, text, /^(?=.*[1-9])\d{1,6}(\.\d+)?$/, 'a number above 0');
}

/** A number from 0 to below 1. */
export function fraction(option: string): (text: string) => number {
  return (text) => parse(option, text, /^0?\.\d{1,9}$|^0$/, 'a number from 0 to below 1');
}

/** A learning rate: a number above 0, in any notation. */
export function rate(option: string): (text: string) => number {
  return (text) => parse(option, text, /^(?=[^e]*[1-9])\d{0,6}(\.\d{1,12})?(e-\d{1,2})?$/, 'a number above 0');
}

/** `conv1,conv2` as a list. */
export function names(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

/** `conv1=0.1,fc8=10` as an object. */
export function ratesByName(option: string): (text: string) => Record<string, number> {
  return (text) =>
    Object.fromEntries(
      names(text).map((part) => {
        const [name, value, ...more] = part.split('=');
        if (!name || value === undefined || more.length > 0) throw usage(option, part, 'pairs like fc8=10');
        return [name, rate(option)(value)];
      }),
    );
}

/** `5%` or `5` as 0.05. */
export function percentage(option: string): (text: string) => number {
  return (text) => parse(option, text.replace(/ ?%$/, ''), /^\d{1,3}(\.\d+)?$/, 'a percentage') / 100;
}

/** `f32,int8` as `['f32', 'int8']`, each once. */
export function precisionList(option: string): (text: string) => ProgramPrecision[] {
  const all: readonly ProgramPrecision[] = [...precisions, 'int8'];
  return (text) => [
    ...new Set(
      text.split(',').map((name) => {
        const precision = all.find((known) => known === name);
        if (precision === undefined) throw usage(option, name, all.join(', '));
        return precision;
      }),
    ),
  ];
}

function seedNumber(text: string): number {
  const seed = parse('--seed', text, /^\d{1,10}$/, 'a whole number from 0 to 4294967295');
  if (seed > 0xffffffff) throw usage('--seed', text, 'a whole number from 0 to 4294967295');
  return seed;
}

function parse(option: string, text: string, pattern: RegExp, what: string): number {
  if (!pattern.test(text)) throw usage(option, text, what);
  return Number(text);
}

function usage(option: string, text: string, what: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message: `${option} takes ${what}, not ${JSON.stringify(text)}`,
    where: `option ${option}`,
  });
}
