import type { Survey } from '@alexnet/benchmark';
import { useEffect, useState } from 'preact/hooks';

/** Saves the result as a file, which anybody can open here again. */
export function SaveLink({ survey }: { readonly survey: Survey }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([JSON.stringify(survey)], { type: 'application/json' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [survey]);
  return (
    <a class="button" href={url} download={`alexnet-${survey.date.slice(0, 16).replaceAll(':', '-')}.json`}>
      Save this result
    </a>
  );
}
