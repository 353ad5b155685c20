/** A line of an ignore file that stands for exactly this path, relative to the file's folder. */
export function ignoreLine(path: string, isFolder: boolean): string {
  // A space at the end would be cut off, a mark at the start would mean something else; after the
  // leading slash only wildcards and backslashes do.
  const escaped = path.replace(/[\\*?[\]]/g, '\\$&').replace(/ $/, '\\ ');
  return `/${escaped}${isFolder ? '/' : ''}`;
}

/** The text of an ignore file with one more line, which it may lack or hold already. */
export function withLine(text: string, line: string): string {
  if (text.split(/\r?\n/).includes(line)) return text;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${separator}${line}\n`;
}
