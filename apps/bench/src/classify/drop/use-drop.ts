import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Classifier } from '../classifier.ts';
import { filesOfDrop, filesOfList } from './files-of-drop.ts';
import { sortFiles } from './sort-files.ts';

/** Takes files that are dropped anywhere on the page, and images that are pasted. Gives back whether files are being dragged over it. */
export function useDrop(classifier: Classifier): ReadonlySignal<boolean> {
  const isOver = useSignal(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    // what another part of the page takes is not for this one
    const isForUs = ({ dataTransfer, defaultPrevented }: DragEvent) =>
      !defaultPrevented && dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent) => {
      isOver.value = isForUs(event);
      if (isOver.value) event.preventDefault(); // or the browser would open the file instead of the page
    };
    const drop = (event: DragEvent) => {
      isOver.value = false;
      if (!isForUs(event)) return;
      event.preventDefault();
      filesOfDrop(event.dataTransfer!).then((files) => take(classifier, sortFiles(files)), classifier.fail);
    };
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const sorted = sortFiles(filesOfList(clipboardData?.files ?? []));
      if ('image' in sorted) take(classifier, sorted);
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) isOver.value = false; // else it is over another element now
    };
    document.addEventListener('dragover', over, { signal });
    document.addEventListener('dragleave', leave, { signal });
    document.addEventListener('drop', drop, { signal });
    document.addEventListener('paste', paste, { signal });
    return () => listening.abort();
  }, [classifier, isOver]);
  return isOver;
}

function take({ classify, weights }: Classifier, sorted: ReturnType<typeof sortFiles>): void {
  void ('image' in sorted ? classify(sorted.image) : weights.read(sorted.weights));
}
