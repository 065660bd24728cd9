import './classify.css';
import { BackendChoice } from './backends/BackendChoice.tsx';
import type { Classifier } from './classifier.ts';
import { useDrop } from './drop/use-drop.ts';
import { ImagePanel } from './images/ImagePanel.tsx';
import { Activations } from './pictures/Activations.tsx';
import { FilterView } from './pictures/FilterView.tsx';
import { InputView } from './pictures/InputView.tsx';
import { Results } from './results/Results.tsx';
import { WeightsPanel } from './weights/WeightsPanel.tsx';

/** An image through the network, on several backends side by side. */
export function Classify({ classifier }: { readonly classifier: Classifier }) {
  const isOver = useDrop(classifier).value;
  const prepared = classifier.prepared.value;
  const network = classifier.weights.network.value;
  const backend = classifier.runners.value[0]?.id;
  return (
    <section class="classify" aria-labelledby="classify-title">
      <h2 id="classify-title">See it work</h2>
      <p class="lead">An image through the network, on several backends side by side.</p>
      <div class="sources">
        <ImagePanel classifier={classifier} isOver={isOver} />
        <WeightsPanel classifier={classifier} isOver={isOver} />
        <BackendChoice classifier={classifier} />
      </div>
      <Results classifier={classifier} />
      <div class="pictures">
        {prepared !== undefined && <InputView prepared={prepared} />}
        {network !== undefined && <FilterView network={network} />}
      </div>
      {prepared !== undefined && backend !== undefined && (
        <Activations prepared={prepared} backend={backend} inTurn={classifier.inTurn} />
      )}
    </section>
  );
}
