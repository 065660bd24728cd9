import { describe, expect, it } from 'vitest';
import { filesOfDrop } from './files-of-drop.ts';

const file = (name: string) => new File(['x'], name);

/** A folder as browsers give it, a few entries at a time. */
function folder(path: string, entries: readonly object[]): object {
  return {
    isDirectory: true,
    fullPath: path,
    createReader() {
      let at = 0;
      return {
        readEntries(done: (some: readonly object[]) => void) {
          done(entries.slice(at, at + 2));
          at += 2;
        },
      };
    },
  };
}

const entry = (path: string) => ({
  isDirectory: false,
  fullPath: path,
  file: (done: (found: File) => void) => done(file(path.split('/').at(-1)!)),
});

/** `entries` are undefined for a file of which the browser knows no more, as for one that is pasted. */
function dropOf(files: readonly File[], entries: readonly (object | undefined)[]): DataTransfer {
  const items = entries.map((found) => ({ kind: 'file', webkitGetAsEntry: () => found ?? null }));
  return { files, items } as unknown as DataTransfer;
}
const pathsOf = async (drop: DataTransfer) => (await filesOfDrop(drop)).map(({ path }) => path);

describe('what is dropped', () => {
  it('is files by their names', async () => {
    const drop = dropOf([file('a.onnx'), file('b.data')], [entry('/a.onnx'), undefined]);
    expect(await pathsOf(drop)).toEqual(['a.onnx', 'b.data']);
  });

  it('is all that is in a folder, with its path', async () => {
    const inner = folder('/net/inner', [entry('/net/inner/c')]);
    const net = folder('/net', [entry('/net/a'), inner, entry('/net/b')]);
    expect(await pathsOf(dropOf([file('net'), file('d')], [net, entry('/d')]))).toEqual([
      'd',
      'net/a',
      'net/inner/c',
      'net/b',
    ]);
  });

  it('is no more of a whole disk than it takes to know', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => entry(`/disk/${i}`));
    expect(await pathsOf(dropOf([file('disk')], [folder('/disk', many)]))).toHaveLength(2001);
  });

  it('is not looked for in folders without end', async () => {
    const endless: { isDirectory: boolean; fullPath: string; createReader(): unknown } = {
      isDirectory: true,
      fullPath: '/x',
      createReader() {
        let isRead = false;
        return {
          readEntries(done: (some: readonly object[]) => void) {
            done(isRead ? [] : [endless]);
            isRead = true;
          },
        };
      },
    };
    expect(await pathsOf(dropOf([file('x')], [endless]))).toEqual([]);
  });
});
