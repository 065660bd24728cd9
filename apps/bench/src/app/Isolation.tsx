/** Where threads are off for want of two headers: what that means, and what to do. */
export function Isolation() {
  return (
    <aside class="notice" aria-label="Threads are off">
      <p>
        <b>Threads are off.</b> This page is not cross-origin isolated, so WebAssembly runs on one thread here and the
        clock is coarse. Everything works, slower. To switch threads on, serve the page with
      </p>
      <pre>
        <code>{'Cross-Origin-Opener-Policy: same-origin\nCross-Origin-Embedder-Policy: require-corp'}</code>
      </pre>
    </aside>
  );
}
