import { byteLength, type Initializer, type OnnxModel } from './onnx.ts';

/** A model whose large constants lie in a file of their own, and what that file holds. */
export interface Externalised {
  readonly model: OnnxModel;
  /** In the order of their offsets; the file has nothing, or zeros, between them. */
  readonly parts: readonly ExternalPart[];
}

export interface ExternalPart {
  readonly offset: number;
  readonly initializer: Initializer;
}

/** Smaller constants stay inside the model: the engine's shape inference wants to see them. */
const SMALLEST = 1024;

/** Where memory can be mapped on every system: Windows counts in 64 kB. */
const ALIGNMENT = 65_536;

/** Moves the large constants of a model into one file. No data is touched. */
export function externalise(model: OnnxModel, file: string): Externalised {
  const parts: ExternalPart[] = [];
  let end = 0;
  const initializers = model.initializers.map((initializer) => {
    const length = byteLength(initializer);
    if (length < SMALLEST) return initializer;
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = offset + length;
    parts.push({ offset, initializer });
    return external(initializer, { file, offset, length });
  });
  return { model: { ...model, initializers }, parts };
}

function external({ name, shape, type }: Initializer, place: NonNullable<Initializer['external']>): Initializer {
  return { name, shape, type, data: new Uint8Array(), external: place };
}
