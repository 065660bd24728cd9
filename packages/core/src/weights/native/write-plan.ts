import { AlexNetError } from '../../error.ts';
import { opOf } from '../../ops/index.ts';
import type { Shape, Weights } from '../../tensor.ts';
import type { Variant } from '../../variants/variant.ts';
import { paperDcRecipe } from '../dc/recipe.ts';
import type { DcRecipe } from '../dc/share.ts';
import { storesAt } from '../stored/as-stored.ts';
import { isWeightSource, type WeightSource } from '../weight-source.ts';
import type { Manifest, ManifestAgreement, ManifestDimensions, NativePrecision, Provenance } from './manifest.ts';

export interface WriteWeightsOptions {
  /** The network, as `createVariant` built it of `dimensions`; its preprocessing and labels go into the manifest. */
  readonly variant: Pick<Variant, 'id' | 'graph' | 'preprocessing' | 'labels'>;
  readonly dimensions: ManifestDimensions;
  readonly weights: Weights | WeightSource;
  /** Of the weights of linear layers, with `dc` of convolutions too; everything else stays f32. */
  readonly precision: NativePrecision;
  /** Parameters that are stored otherwise, by name: convolutions as f16, a last layer as q8. */
  readonly precisions?: ReadonlyMap<string, NativePrecision>;
  /** How q8 and q4 choose scales. Default `least-squares`. */
  readonly scales?: 'largest' | 'least-squares';
  /** The mean square of each input of a layer over sample images, [in], by the name of its weight: weighs errors (`quantiseWeight`). */
  readonly importance?: ReadonlyMap<string, Float32Array>;
  /** With `dc`: what is kept of each parameter. Default: `paperDcRecipe`. */
  readonly dcRecipe?: ReadonlyMap<string, DcRecipe>;
  /** In place of the variant's. */
  readonly labels?: Manifest['labels'];
  readonly licence?: string;
  readonly provenance?: Provenance;
  /** How the written weights agree with the given ones. A function is called when all shards are written. */
  readonly agreement?: ManifestAgreement | (() => Promise<ManifestAgreement | undefined>);
  /** The most bytes of a shard, 4096 to 2^24. Default 16,000,000. */
  readonly shardBytes?: number;
  readonly signal?: AbortSignal;
}

/** What is to be done to one parameter. */
export interface ParameterPlan {
  readonly name: string;
  readonly shape: Shape;
  readonly precision: NativePrecision;
  readonly importance: Float32Array | undefined;
  readonly dc: DcRecipe | undefined;
  /** Whether the source has it in this precision, so that nothing is stored anew. */
  readonly asGiven: boolean;
}

/** The parameters in the order in which the network needs them. Errors: `unknown-name`, `invalid-input`. */
export function planParameters({
  variant: { graph },
  weights,
  precision,
  precisions = new Map(),
  importance,
  dcRecipe = paperDcRecipe(graph),
}: WriteWeightsOptions): ParameterPlan[] {
  const shapes = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
  for (const name of [...precisions.keys(), ...(importance?.keys() ?? [])]) {
    if (!shapes.has(name)) throw unknown(name, graph.name);
  }
  const linear = new Set(storesAt(graph, 'q8'));
  const needed = new Set(graph.nodes.flatMap((node) => opOf(node).parameters(node)));
  return [...needed].map((name) => {
    const isUsual = precision === 'dc' ? dcRecipe.has(name) : linear.has(name);
    const chosen = precisions.get(name) ?? (isUsual ? precision : 'f32');
    if ((chosen === 'q8' || chosen === 'q4') && !linear.has(name)) {
      throw invalid(`${chosen} stores the weights of linear layers, and ${name} is none`);
    }
    const dc = chosen === 'dc' ? dcRecipe.get(name) : undefined;
    if (chosen === 'dc') checkRecipe(name, dc);
    return {
      name,
      shape: shapes.get(name)!,
      precision: chosen,
      importance: linear.has(name) ? importance?.get(name) : undefined,
      dc,
      asGiven: isWeightSource(weights) && weights.parameters.get(name)?.precision === chosen,
    };
  });
}

function checkRecipe(name: string, recipe: DcRecipe | undefined): void {
  if (recipe === undefined) throw invalid(`There is no dc recipe for ${name}`);
  const { density, bits } = recipe;
  if (!(density >= 0 && density <= 1)) throw invalid(`The density ${density} of ${name} is not from 0 to 1`);
  if (!Number.isInteger(bits) || bits < 0 || bits > 8)
    throw invalid(`${bits} bits of ${name} are not a whole number from 0 to 8`);
}

function unknown(name: string, graph: string): AlexNetError {
  return new AlexNetError({ code: 'unknown-name', message: `The graph ${graph} has no parameter ${name}` });
}

function invalid(message: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message });
}
