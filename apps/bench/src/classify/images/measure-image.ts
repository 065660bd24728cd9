import { AlexNetError } from '@alexnet/core';
import { checkBytes, checkPixels } from './limits.ts';

/**
 * Checks an image's size before anybody decodes it: a few kilobytes may say that they are a billion pixels. An image element
 * reads what the file says of its size, and decodes only to paint. Errors: `invalid-input`, `invalid-file`.
 */
export async function measureImage(image: Blob): Promise<void> {
  checkBytes(image.size);
  const url = URL.createObjectURL(image);
  try {
    const element = new Image();
    await new Promise<void>((resolve, reject) => {
      element.addEventListener('load', () => resolve());
      element.addEventListener('error', () => reject(unreadable()));
      element.src = url;
    });
    checkPixels({ width: element.naturalWidth, height: element.naturalHeight });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function unreadable(): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: 'The browser cannot read this as an image: it is damaged, or of a format that it does not know',
    fix: 'Choose a JPEG, PNG or WebP file.',
  });
}
