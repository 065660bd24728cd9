import { useState } from 'preact/hooks';

/** Conformance and speed of all backends of this browser. */
export function Measure() {
  const [found, setFound] = useState('');
  const start = () => {
    const worker = new Worker(new URL('./measure.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => setFound(JSON.stringify(data, undefined, 1));
    worker.onerror = (e) => setFound(`error ${e.message}`);
    worker.postMessage('');
  };
  return (
    <section aria-labelledby="measure-title">
      <h2 id="measure-title">Which backend here?</h2>
      <button type="button" onClick={start}>
        Start
      </button>
      <pre>{found}</pre>
    </section>
  );
}
