/** A file that a person has given, alone or with others. */
export interface GivenFile {
  /** Its path in the folder that was given, with `/`; the name of a file that was given by itself. */
  readonly path: string;
  readonly file: File;
}

/** A folder may hold a whole disk: nobody looks through that. */
export const MOST_FILES = 2000;

/** The folder of a path, with `/` at its end; empty for a file that is in none. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
