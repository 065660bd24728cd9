import type { Classifier } from '../classifier.ts';
import { filesOfList } from '../drop/files-of-drop.ts';
import { FailureText } from '../parts/FailureText.tsx';
import { NetworkFacts } from './NetworkFacts.tsx';
import { ReadingBar } from './ReadingBar.tsx';
import { Unclear } from './Unclear.tsx';

interface Props {
  readonly classifier: Classifier;
  readonly isOver: boolean;
}

/** Where weights come from, how far they are, and what was read. */
export function WeightsPanel({ classifier: { weights }, isOver }: Props) {
  const state = weights.state.value;
  const network = weights.network.value;
  const choose = (input: HTMLInputElement) => {
    const given = filesOfList(input.files ?? []);
    input.value = ''; // the same files may be chosen again
    if (given.length > 0) void weights.read(given);
  };
  const files = { class: 'unseen', type: 'file', multiple: true } as const;
  const folder = { ...files, webkitdirectory: true };
  return (
    <div class={isOver ? 'panel weights over' : 'panel weights'}>
      <h3>The weights</h3>
      <label class="drop">
        <input {...files} onChange={({ currentTarget }) => choose(currentTarget)} />
        <span>
          <strong>Choose a weight file</strong>, or drop one with what it needs
        </span>
        <span class="note">safetensors, PyTorch, ONNX, Caffe, Keras, TensorFlow.js, NumPy</span>
      </label>
      <label class="folder">
        <input {...folder} onChange={({ currentTarget }) => choose(currentTarget)} />
        <span>
          <strong>Choose a folder</strong> with a manifest
        </span>
      </label>
      {state.kind === 'reading' && <ReadingBar {...state} onCancel={weights.cancel} />}
      {state.kind === 'unclear' && <Unclear {...state} onChoose={(variant) => void weights.readAs(variant)} />}
      {state.kind === 'failed' && (
        <>
          <FailureText failure={state.failure} of={state.name} />
          {network !== undefined && <p class="note">The network that was there stays.</p>}
        </>
      )}
      {network === undefined ? (
        <p class="note">
          Until then: a small network for CIFAR-10’s ten classes, 4 MB, which comes with the first image.
        </p>
      ) : (
        <NetworkFacts network={network} />
      )}
    </div>
  );
}
