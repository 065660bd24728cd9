import { precisions } from '@alexnet/core';
import { type Command, Option } from 'commander';
import { convert } from '../commands/convert.ts';
import { inspect } from '../commands/inspect.ts';
import { pull } from '../commands/pull.ts';
import { quantize } from '../commands/quantize.ts';
import { verify } from '../commands/verify.ts';
import { modelFormats } from '../model-formats.ts';
import { networkOptions, runOptions, variant } from '../options.ts';
import type { Handle } from './handle.ts';

/** Networks and weight files. */
export function addWeights(program: Command, handle: Handle): void {
  handle(
    networkOptions(program.command('inspect').argument('<variant|file>')).description(
      'layers, shapes, parameters and multiply-accumulates of a variant, or the tensors of a file',
    ),
    (context, target: string, options: Parameters<typeof inspect>[1]) => inspect(target, options, context),
  );

  handle(
    program
      .command('pull')
      .argument('[name]')
      .description('download a published weight file and check its hash; without a name, list what there is')
      .option('--out <file>', 'where to (default: its own name, here)')
      .option('--mirror <url>', 'fetch it from here; the hash must be right all the same'),
    (context, name: string | undefined, options: Parameters<typeof pull>[1]) => pull(name, options, context),
  );

  handle(
    networkOptions(variant(program.command('convert').argument('<in>').argument('<out>')))
      .description(
        'weights from any format into another: safetensors, ONNX, TensorFlow.js, NumPy, or the native folder',
      )
      .addOption(
        new Option('--to <format>', 'file format (default: by the name of the output)').choices(
          Object.keys(modelFormats),
        ),
      )
      .addOption(
        new Option('--precision <p>', 'how weights of linear layers are written: with ONNX also q8 and q4')
          .choices(precisions)
          .default('f32'),
      )
      .option('--licence <text>', 'of the weights, for formats that say so'),
    (context, source: string, out: string, options: Parameters<typeof convert>[2]) =>
      convert(source, out, options, context),
  );

  handle(
    runOptions(networkOptions(variant(program.command('quantize').argument('<in>').argument('<folder>'))))
      .description('weights in fewer bits, in the native format, with what each layer loses')
      .addOption(
        new Option('--precision <p>', 'how weights of linear layers are stored, with dc those of convolutions too')
          .choices(['f16', 'q8', 'q4', 'dc'])
          .default('q8'),
      )
      .addOption(
        new Option('--convolutions <p>', 'how weights of convolutions are stored (default: f32)').choices([
          'f32',
          'f16',
        ]),
      )
      .option('--samples <image...>', 'images that say which inputs of a layer matter')
      .option('--licence <text>', 'of the weights, for the manifest'),
    (context, source: string, folder: string, options: Parameters<typeof quantize>[2]) =>
      quantize(source, folder, options, context),
  );

  handle(
    networkOptions(variant(program.command('verify').argument('<file>')))
      .description(
        'read all of a weight file or folder: hashes, NaN, which published file it is, differences from another',
      )
      .option('--against <file>', 'weights that should be the same'),
    (context, source: string, options: Parameters<typeof verify>[1]) => verify(source, options, context),
  );
}
