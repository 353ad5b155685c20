/**
 * The small text that stands for a file's place: its folders and name as words, without the
 * ending. Chunks of a file share it.
 */
export function pathWords(path: string): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  const stem = dot > slash + 1 ? path.slice(0, dot) : path;
  return stem
    .split(/[^\p{L}\p{M}\p{N}_$]+/u)
    .filter(Boolean)
    .join(' ');
}
