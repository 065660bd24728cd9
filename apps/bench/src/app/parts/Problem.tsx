import type { ComponentChildren } from 'preact';

/** Something that went wrong, read aloud at once. */
export function Problem({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="problem" role="alert">
      {children}
    </div>
  );
}
