import { withoutControls } from './plain-text.ts';

/** Text that Markdown shows as it is. */
export function plainMarkdown(text: string): string {
  return withoutControls(text).replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}
