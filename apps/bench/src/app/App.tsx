import { Classify } from '../classify/Classify.tsx';
import { Measure } from '../measure/Measure.tsx';

export function App() {
  return (
    <>
      <header>
        <h1>AlexNet in this browser</h1>
        <p class="lead">
          Which way to run a neural network is right here, and which is fastest? Measured on your own machine; nothing
          leaves it.
        </p>
      </header>
      <main>
        <Measure />
        <Classify />
      </main>
    </>
  );
}
