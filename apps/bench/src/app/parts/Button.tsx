import type { ComponentChildren } from 'preact';

export interface ButtonProps {
  readonly onClick: () => void;
  /** The one thing to do next; others are quieter. */
  readonly primary?: boolean;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

export function Button({ onClick, primary = false, disabled = false, children }: ButtonProps) {
  return (
    <button type="button" class={primary ? 'button primary' : 'button'} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}
