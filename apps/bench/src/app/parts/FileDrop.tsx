import { useState } from 'preact/hooks';

export interface FileDropProps {
  /** What to choose or drop: `Open a saved result`. */
  readonly label: string;
  /** What of it may be given, shown below. */
  readonly hint?: string;
  /** As the attribute of a file input: `.json,application/json`. */
  readonly accept: string;
  readonly disabled?: boolean;
  readonly onFile: (file: File) => void;
}

/** A file by the system's dialogue, or dropped. The input itself is there for keyboards and screen readers, only not to be seen. */
export function FileDrop({ label, hint, accept, disabled = false, onFile }: FileDropProps) {
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file !== undefined && !disabled) onFile(file);
  };
  return (
    <label
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault(); // else the browser opens the file instead of the page
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <input
        class="unseen"
        type="file"
        accept={accept}
        disabled={disabled}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = ''; // the same file again is a change too
        }}
      />
      <span class="drop-label">{label}</span>
      {hint === undefined ? null : <span class="note">{hint}</span>}
    </label>
  );
}
