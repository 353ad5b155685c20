import { homedir } from 'node:os';
import path from 'node:path';
import type { Core } from '../../core/core.ts';
import { Failure } from '../../core/errors.ts';
import { canAsk, confirm } from './confirm.ts';
import type { Invocation } from './invocation.ts';
import { count, dollars, figure } from './output/figures.ts';

/** Predicted cost of a run above which the user is asked first, unless another is named. */
const CONFIRM_ABOVE_USD = 0.1;

/**
 * Asks before a very broad folder and before a dear run; throws Failure where the answer is no or
 * nobody can answer. A price nobody published is no reason to ask, only to say so: such endpoints
 * are mostly the user's own, and naming one was consent.
 */
export async function confirmIndexing(call: Invocation, core: Core, folder: string): Promise<void> {
  if (call.options.yes === true) return;
  if (isBroad(folder)) {
    await mustAgree(call, `${folder} is very broad.`, 'Index it anyway?');
  }
  const { name, model, local } = core.provider;
  const price = core.priceOf(name, model);
  if (price === 0 || (price === null && local)) return;

  const { chunks, provider } = await core.index(folder, {
    signal: call.signal,
    dryRun: true,
    onProgress: ({ filesDone, filesTotal }) => {
      call.progress.show(`Counting: ${figure(filesDone)} of ${figure(filesTotal)} files`);
    },
  });
  call.progress.clear();
  if (chunks.misses === 0) return;
  const facts = `${count(provider.tokens, 'token')} to ${core.provider.host ?? name}`;
  if (price === null) {
    if (call.options.quiet !== true) {
      call.terminal.stderr.write(`Sending ${facts}. The price of this endpoint is unknown.\n`);
    }
    return;
  }
  if (provider.costUsd <= (call.options.confirmAbove ?? CONFIRM_ABOVE_USD)) return;
  const cost = `${count(chunks.misses, 'new chunk')} would cost about ${dollars(provider.costUsd)}: ${facts}.`;
  await mustAgree(call, cost, 'Index them?');
}

function isBroad(folder: string): boolean {
  return folder === path.parse(folder).root || folder === homedir();
}

async function mustAgree(call: Invocation, fact: string, question: string): Promise<void> {
  if (!canAsk(call.terminal)) {
    throw new Failure('badSettings', `${fact} To go on without being asked, add --yes.`);
  }
  if (await confirm(call.terminal, `${fact} ${question}`, call.signal)) return;
  throw new Failure('badSettings', 'Nothing was sent or stored.');
}
