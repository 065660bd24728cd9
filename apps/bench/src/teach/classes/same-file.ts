/** Whether two files hold the same bytes. Those of other sizes are not looked at; of the others few are apart. */
export async function sameFile(a: Blob, b: Blob): Promise<boolean> {
  if (a.size !== b.size) return false;
  const [one, other] = await Promise.all([a, b].map(async (file) => new Uint8Array(await file.arrayBuffer())));
  return one!.every((byte, i) => byte === other![i]);
}
