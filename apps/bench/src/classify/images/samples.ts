import { photographs } from '@alexnet/conformance';

/** A photograph that comes with the page. */
export interface Sample {
  readonly title: string;
  /** Who made it, and its licence. */
  readonly credit: string;
  readonly url: string;
}

/** The photographs of the conformance suite. */
export const samples: readonly Sample[] = photographs.map(({ url, credit }) => {
  const [title = '', by = ''] = credit.split('; ');
  return { title, credit: by, url: url.href };
});
