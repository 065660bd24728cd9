/** An address for messages: without credentials, and without a query, which may hold some. */
export function addressOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
