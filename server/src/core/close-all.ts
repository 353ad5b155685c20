/** Closes one after the other, also after one of them failed; then throws what failed first. */
export async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
}
