import type { Backend, BackendProvider, Precision } from '../backend/backend.ts';
import type { Graph } from '../graph/graph.ts';
import type { Speed } from './choice.ts';

/** What a backend must be able to do to be chosen. */
export interface Requirements {
  /** Most bytes that the engine may bring along, compressed (`Download.gzipBytes`). A provider that does not state them is not asked anything. */
  readonly maxDownload?: number;
  /** How the weights of linear layers are stored; what is checked and timed is that. Default `f32`. */
  readonly precision?: Precision;
  /** Most milliseconds that the timed network may take: the median of one run, in turns with the other candidates. */
  readonly latency?: number;
  /** Two runs give the same bits: declared, and seen. */
  readonly determinism?: boolean;
  /** It can compute gradients. */
  readonly training?: boolean;
  /** A slow substitute, such as software instead of a GPU, is good enough. Default false. */
  readonly fallback?: boolean;
}

/** What a provider lacks, as far as can be said without loading anything of it. */
export function lacksUnasked({ download }: BackendProvider, { maxDownload }: Requirements): string[] {
  if (maxDownload === undefined) return [];
  if (download === undefined)
    return [`It does not state how many bytes it brings, at most ${bytes(maxDownload)} were asked for.`];
  return download.gzipBytes <= maxDownload
    ? []
    : [`It brings ${bytes(download.gzipBytes)}, at most ${bytes(maxDownload)} were asked for.`];
}

/** What a backend that was created lacks by its own word. */
export function lacksDeclared(
  { environment, capabilities }: Backend,
  { precision = 'f32', determinism, training, fallback }: Requirements,
  { nodes }: Graph,
): string[] {
  const missing = new Set(nodes.map(({ op }) => op).filter((op) => !capabilities.ops.includes(op)));
  return [
    ...[...missing].map((op) => `It does not declare the op ${op}.`),
    ...(capabilities.precisions.includes(precision)
      ? []
      : [`It computes with ${capabilities.precisions.join(', ')}, not with ${precision}.`]),
    ...(determinism !== true || capabilities.deterministic ? [] : ['Two runs of it need not give the same bits.']),
    ...(training !== true || capabilities.training === true
      ? []
      : ['It does not declare training: it computes no gradients.']),
    ...(environment.fallback && fallback !== true ? [substitute(environment.device)] : []),
  ];
}

/** What a backend lacks once it was timed. */
export function lacksTimed({ p50Ms, network }: Speed, { latency }: Requirements): string[] {
  if (latency === undefined || p50Ms <= latency) return [];
  return [`It takes ${ms(p50Ms)} for ${network}, at most ${ms(latency)} were asked for.`];
}

/** Why a substitute is not taken. */
export function substitute(device: string): string {
  return `It is a slow substitute (${device}), which is chosen only where that is allowed.`;
}

/** What of the requirements a chosen backend meets, for its reasons. */
export function met(
  { maxDownload, precision, latency, determinism, training }: Requirements,
  { download, speed }: { readonly download: BackendProvider['download']; readonly speed: Speed },
): string[] {
  return [
    ...(maxDownload === undefined || download === undefined
      ? []
      : [`it brings ${bytes(download.gzipBytes)} of at most ${bytes(maxDownload)}`]),
    ...(precision === undefined ? [] : [`it stores weights as ${precision}`]),
    ...(latency === undefined ? [] : [`it takes ${ms(speed.p50Ms)} of at most ${ms(latency)}`]),
    ...(determinism === true ? ['two runs gave the same bits'] : []),
    ...(training === true ? ['it computes gradients'] : []),
  ];
}

export function bytes(count: number): string {
  if (count === 0) return 'nothing';
  return count < 1e6
    ? `${(count / 1e3).toFixed(count < 1e4 ? 1 : 0)} kB`
    : `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;
}

export function ms(value: number): string {
  return `${value < 1000 ? value.toPrecision(3) : value.toFixed(0)} ms`;
}
