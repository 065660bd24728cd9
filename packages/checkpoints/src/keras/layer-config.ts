import type { Json, JsonObject } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { at, isObject, listOf, numberAt, stringAt } from '../json/parse-json.ts';

/** What a model's description says of one layer. Keras 2 and 3 and TensorFlow.js write these alike. */
export interface LayerConfig {
  readonly name: string;
  /** `Conv2D`, `Dense`, `BatchNormalization`, `Activation`... */
  readonly className: string;
  readonly epsilon?: number | undefined;
  readonly groups?: number | undefined;
  /** Whether batch norm has gamma, and beta. */
  readonly scale: boolean;
  readonly center: boolean;
  /** All that it says. */
  readonly config: Json;
}

const MAX_LAYERS = 10_000;

/**
 * The layers of a model's description, `{ class_name, config: { layers } }`, in the order in which it lists them, which is the order in
 * which they compute; those of models inside a model in their place. Errors: `invalid-file`.
 */
export function layerConfigs(model: JsonObject, where: string): readonly LayerConfig[] {
  const found: LayerConfig[] = [];
  collect(model, found);
  if (found.length > MAX_LAYERS) throw damaged(`There are more than ${MAX_LAYERS} layers`, where);
  return found;
}

/** The depth is that of the JSON, which is limited. */
function collect(model: Json, found: LayerConfig[]): void {
  const config = at(model, 'config');
  // a Sequential model of old is a list
  const layers = Array.isArray(config) ? config : listOf(at(config, 'layers'));
  for (const layer of layers) {
    if (!isObject(layer)) continue;
    if (Array.isArray(at(layer, 'config', 'layers')) || Array.isArray(at(layer, 'config'))) {
      collect(layer, found);
      continue;
    }
    const name = stringAt(layer, 'config', 'name') ?? stringAt(layer, 'name');
    const className = stringAt(layer, 'class_name');
    if (name === undefined || className === undefined) continue;
    found.push({
      name,
      className,
      epsilon: numberAt(layer, 'config', 'epsilon'),
      groups: numberAt(layer, 'config', 'groups'),
      scale: at(layer, 'config', 'scale') !== false,
      center: at(layer, 'config', 'center') !== false,
      config: at(layer, 'config') ?? null,
    });
  }
}
