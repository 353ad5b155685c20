import { UNCHECKED, type SecretScanner } from '../chunks/secret-scanner.ts';
import type { EmbeddingProvider, ProviderAnswer, ProviderOutcome } from '../providers/provider.ts';
import { listPrice, type PriceOf } from '../usage/prices.ts';
import type { Sending, SendLog, SentFile } from '../usage/send-log.ts';
import { sendNoted } from './send-noted.ts';
import type { SentFrom } from './sent-from.ts';

/** Why a text was kept back on this computer though its vector is not known. */
export type WithheldReason = 'looksSecret' | 'overBudget';

export interface Withheld {
  readonly kind: 'withheld';
  readonly reason: WithheldReason;
  /** The check for secrets took too long: nothing is known of this text, and it may pass next time. */
  readonly unchecked?: true;
}

export type GateOutcome = ProviderOutcome | Withheld;

/** As `ProviderAnswer`, with the texts that were not sent. */
export interface GateAnswer {
  readonly outcomes: readonly GateOutcome[];
  readonly tokens: number;
  readonly requests: number;
}

/** What stands between a text and its provider: the check for secrets, the month's limit, the log. */
export interface SendGate {
  /** Sends what may be sent. The caller keeps each call within the provider's limits. */
  send(texts: readonly string[], from: SentFrom, signal: AbortSignal): Promise<GateAnswer>;
  /** Which of these texts would be withheld because they look secret. Sends nothing. */
  looksSecret(texts: readonly string[], signal: AbortSignal): Promise<readonly boolean[]>;
}

export interface SendGateParts {
  readonly provider: EmbeddingProvider;
  /** Null where texts stay on this computer, or the user wants no check. */
  readonly scanner: SecretScanner | null;
  /** Null: no limit. */
  readonly monthlyUsd: number | null;
  /** List prices unless the user has others. */
  readonly priceOf?: PriceOf;
  /** Opened when the first text is sent. */
  readonly sendLog: () => Promise<SendLog>;
}

/** The last part of the month's limit is for queries: search goes on when indexing has to stop. */
const DOCUMENTS_SHARE = 0.99;

export function createSendGate(parts: SendGateParts): SendGate {
  const { host } = parts.provider;
  return host === null ? openGate(parts.provider) : new GuardedGate(parts, host);
}

/** Nothing leaves this process. */
function openGate(provider: EmbeddingProvider): SendGate {
  return {
    send: (texts, _from, signal) => provider.embed(texts, signal),
    looksSecret: async (texts) => texts.map(() => false),
  };
}

class GuardedGate implements SendGate {
  readonly #parts: SendGateParts;
  readonly #host: string;

  constructor(parts: SendGateParts, host: string) {
    this.#parts = parts;
    this.#host = host;
  }

  async send(texts: readonly string[], from: SentFrom, signal: AbortSignal): Promise<GateAnswer> {
    const withheld = await this.#check(texts, signal);
    const open = texts.filter((_, i) => withheld[i] === null);
    const answer = await this.#sendOpen(open, from, signal);
    const remaining = answer.outcomes.values();
    return {
      ...answer,
      outcomes: withheld.map((each) => each ?? remaining.next().value!),
    };
  }

  async looksSecret(texts: readonly string[], signal: AbortSignal): Promise<readonly boolean[]> {
    const withheld = await this.#check(texts, signal);
    return withheld.map((each) => each !== null);
  }

  /** For each text null where it may go. */
  async #check(texts: readonly string[], signal: AbortSignal): Promise<(Withheld | null)[]> {
    const { scanner } = this.#parts;
    if (scanner === null) return texts.map(() => null);
    const findings = await scanner.scan(texts, signal);
    return findings.map((found) => {
      if (found.length === 0) return null;
      const unchecked = found.every(({ rule }) => rule === UNCHECKED);
      return { kind: 'withheld', reason: 'looksSecret', ...(unchecked ? { unchecked } : {}) };
    });
  }

  async #sendOpen(
    texts: readonly string[],
    from: SentFrom,
    signal: AbortSignal,
  ): Promise<GateAnswer> {
    const { provider, sendLog } = this.#parts;
    if (texts.length === 0) return { outcomes: [], tokens: 0, requests: 0 };
    const answer = await sendNoted(
      {
        log: await sendLog(),
        ...this.#planned(texts, from),
        costOf: ({ tokens }: ProviderAnswer) => this.#costUsd(tokens),
      },
      () => provider.embed(texts, signal),
    );
    if (answer !== null) return answer;
    const withheld: GateOutcome = { kind: 'withheld', reason: 'overBudget' };
    return { outcomes: texts.map(() => withheld), tokens: 0, requests: 0 };
  }

  #planned(
    texts: readonly string[],
    from: SentFrom,
  ): { sending: Sending; limitUsd: number | null } {
    const { provider, monthlyUsd } = this.#parts;
    const tokens = texts.reduce((sum, text) => sum + provider.countTokens(text), 0);
    const costUsd = this.#costUsd(tokens);
    const share = from.kind === 'query' ? 1 : DOCUMENTS_SHARE;
    const limitUsd = monthlyUsd === null || costUsd === null ? null : monthlyUsd * share;
    const sending: Sending = {
      host: this.#host,
      provider: provider.space.provider,
      model: provider.space.model,
      kind: from.kind,
      texts: texts.length,
      tokens,
      costUsd,
      files: filesOf(texts, from),
    };
    return { sending, limitUsd };
  }

  /** Null where the price is unknown: what cannot be counted cannot be limited. */
  #costUsd(tokens: number): number | null {
    const { provider, model } = this.#parts.provider.space;
    const price = (this.#parts.priceOf ?? listPrice)(provider, model);
    return price === null ? null : (price * tokens) / 1e6;
  }
}

function filesOf(texts: readonly string[], from: SentFrom): SentFile[] {
  switch (from.kind) {
    case 'query':
      return [];
    case 'texts':
      return from.file === undefined ? [] : [{ folder: '', path: from.file, texts: texts.length }];
    case 'files': {
      const byPath = Map.groupBy(texts, (text) => from.pathOf.get(text) ?? '');
      return [...byPath].map(([path, of]) => ({ folder: from.folder, path, texts: of.length }));
    }
    default:
      return from satisfies never;
  }
}
