import { useSignal } from '@preact/signals';
import { Button } from '../../app/parts/Button.tsx';
import { type Failure, failureOf } from '../../classify/link/failure.ts';
import type { Network } from '../../classify/network.ts';
import { FailureText } from '../../classify/parts/FailureText.tsx';
import { fileNameOf, savedFile } from './saved-file.ts';

/** The whole network as a file to take away. It is made when it is asked for: large networks are hundreds of megabytes. */
export function SaveNetwork({ network }: { readonly network: Network }) {
  const failure = useSignal<Failure | undefined>(undefined);
  const save = () => {
    failure.value = undefined;
    try {
      download(savedFile(network), fileNameOf(network));
    } catch (error) {
      failure.value = failureOf(error); // the usual cause is memory
    }
  };
  return (
    <>
      <div class="actions">
        <Button onClick={save}>Save the network</Button>
        <span class="note">
          As safetensors, with the names of its classes. Drop the file on this page to go on with it.
          {network.ownPreprocessing === true &&
            ' It will not hold how this network wants its images prepared, which is not as usual: its results will differ.'}
        </span>
      </div>
      {failure.value !== undefined && <FailureText failure={failure.value} of="The file" />}
    </>
  );
}

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** Browsers that ask where to save read the file after they were answered. */
const KEPT_MS = 600_000;
