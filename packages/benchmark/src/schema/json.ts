import { AlexNetError } from '@alexnet/core';

/** A survey of 13 backends with all checks has about 10 million characters. */
const MOST_CHARACTERS = 200_000_000;

/** A text as JSON. Errors: `invalid-file`; a text that was cut off is told from one that was never JSON. */
export function jsonOf(content: string, where: string): unknown {
  if (content.length > MOST_CHARACTERS)
    throw invalid(`The text has ${content.length} characters; at most ${MOST_CHARACTERS} are read`, where, wholeFile);
  try {
    return JSON.parse(content);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (content.trim() === '') throw invalid('There is no text', where, wholeFile);
    throw isCutOff(content)
      ? invalid(`The JSON ends in the middle, after ${content.length} characters`, where, wholeFile)
      : invalid(`This is not JSON: ${message}`, where, 'Give a file that this project wrote, unchanged.');
  }
}

const wholeFile = 'Save or copy the whole file again.';

/** Whether the text ends within a string, a list or an object: engines word their errors differently, so it is counted. */
function isCutOff(content: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < content.length; i++) {
    const c = content[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
  }
  return quoted || depth > 0;
}

function invalid(message: string, where: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-file', message, where, fix });
}
