/**
 * Has the page kept for times without a network, where browsers allow it: on pages over https or from localhost. Resolves when it is kept;
 * false where it cannot be.
 */
export async function keepForOffline(): Promise<boolean> {
  const { serviceWorker } = navigator as { readonly serviceWorker?: ServiceWorkerContainer };
  if (serviceWorker === undefined || !import.meta.env.PROD) return false;
  try {
    await serviceWorker.register(new URL('sw.js', document.baseURI));
    await serviceWorker.ready;
    return true;
  } catch {
    return false; // the browser's settings forbid it
  }
}
