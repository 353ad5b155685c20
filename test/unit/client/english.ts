import type { L10n } from '../../../client/src/l10n.ts';

/** Untranslated, as VS Code's l10n does it in English. */
export const english: L10n = {
  t: (message, ...args) => message.replace(/\{(\d+)\}/g, (_, i) => String(args[Number(i)])),
};
