/** An image through the network, on several backends side by side. */
export function Classify() {
  return (
    <section aria-labelledby="classify-title">
      <h2 id="classify-title">See it work</h2>
    </section>
  );
}
