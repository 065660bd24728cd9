import { useEffect, useState } from 'preact/hooks';
import { Classify } from '../classify/Classify.tsx';
import { createClassifier } from '../classify/classifier.ts';
import type { Here } from '../engines/here.ts';
import { Teach } from '../teach/Teach.tsx';

/** The parts of the page that have one network and one choice of backends between them. */
export function Network({ here }: { readonly here: Here }) {
  const [classifier] = useState(() => createClassifier(here));
  useEffect(() => () => classifier[Symbol.dispose](), [classifier]);
  return (
    <>
      <Classify classifier={classifier} />
      <Teach classifier={classifier} />
    </>
  );
}
