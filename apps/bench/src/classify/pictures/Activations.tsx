import type { Turns } from '@alexnet/core';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { BackendId } from '../../engines/names.ts';
import type { PreparedImage } from '../classifier.ts';
import { FailureText } from '../parts/FailureText.tsx';
import { ActivationView } from './ActivationView.tsx';
import { createLooker } from './looker.ts';

interface Props {
  readonly prepared: PreparedImage;
  readonly backend: BackendId;
  /** With the backends that are timed. */
  readonly inTurn: Turns;
}

/** What any layer makes of the image. Nothing is computed before it is opened, or held after it is closed. */
export function Activations(props: Props) {
  const isOpen = useSignal(false);
  return (
    <details class="inside" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>
        <h3>Inside: what each layer makes of it</h3>
      </summary>
      {isOpen.value && <Open {...props} />}
    </details>
  );
}

function Open({ prepared: { network, input, image }, backend, inTurn }: Props) {
  const layers = network.variant.graph.nodes;
  const layer = useSignal(layers[0]!.name);
  const name = layers.some((node) => node.name === layer.value) ? layer.value : layers[0]!.name;
  const looker = useMemo(() => createLooker(backend, network, inTurn), [backend, network, inTurn]);
  useEffect(() => () => looker[Symbol.dispose](), [looker]);
  useEffect(() => looker.look(name, input), [looker, name, input]);
  const seen = looker.seen.value;
  const isThere = seen?.name === name && seen.input === input;
  return (
    <>
      <label class="layer">
        Layer{' '}
        <select value={name} onChange={({ currentTarget }) => (layer.value = currentTarget.value)}>
          {layers.map((node) => (
            <option key={node.name} value={node.name}>
              {node.name} ({node.op})
            </option>
          ))}
        </select>
      </label>
      {looker.failure.value !== undefined && <FailureText failure={looker.failure.value} />}
      {seen !== undefined && <ActivationView seen={seen} image={image.name} isOld={!isThere} />}
      {seen === undefined && looker.failure.value === undefined && <p class="note">Compiles it on {backend} ...</p>}
    </>
  );
}
