import type { Page } from 'playwright-core';

/** A file to be given to the page. */
export interface TestFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type?: string;
}

/** What the section says, and what a person does with it. */
export function sectionOf(page: Page) {
  const section = page.getByRole('region', { name: 'See it work' });
  const cards = section.getByRole('article');
  return {
    section,
    cards,
    /** The weights' panel says what was read. */
    facts: section.locator('.network'),
    alerts: section.getByRole('alert'),
    sample: (title: string) => section.getByRole('button', { name: title }),
    /** Waits until every card has a result of what was asked for last. */
    async settled(): Promise<void> {
      await section.locator('.agreement', { hasText: /: / }).waitFor();
    },
    /** The five classes of a backend, as shown. */
    classesOf: (backend: string) =>
      section
        .getByRole('article', { name: backend })
        .getByRole('listitem')
        .evaluateAll((items) =>
          items.map((item) => [...item.children].slice(0, 2).map(({ textContent }) => textContent)),
        ),
    drop: (files: readonly TestFile[]) => give(page, files, 'drop'),
    paste: (file: TestFile) => give(page, [file], 'paste'),
  };
}

/** As the browser does it, when a person drops files on the page or pastes them. */
function give(page: Page, files: readonly TestFile[], how: 'drop' | 'paste'): Promise<void> {
  const sent = files.map(({ name, bytes, type = '' }) => ({
    name,
    type,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  return page.evaluate(
    ([given, event]) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      const options = { bubbles: true, cancelable: true };
      if (event === 'paste') {
        document.body.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }));
        return;
      }
      document.body.dispatchEvent(new DragEvent('dragover', { ...options, dataTransfer: data }));
      document.body.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: data }));
    },
    [sent, how] as const,
  );
}
