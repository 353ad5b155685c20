import path from 'node:path';
import { createSecretScanner, SECRET_CHECK, type SecretScanner } from './chunks/secret-scanner.ts';
import { closeAll } from './close-all.ts';
import type { Config } from './config.ts';
import { createSendGate, type SendGate, type WithheldReason } from './embed/send-gate.ts';
import { Failure } from './errors.ts';
import type { RerankerDeps } from './providers/rerank/reranker-kind.ts';
import { rerankerNamed } from './providers/rerank/reranker-table.ts';
import { createRerankGate, type RerankGate } from './search/rerank/rerank-gate.ts';
import { isSecretPath } from './files/secret-names.ts';
import type { ProviderDescription } from './providers/describe-provider.ts';
import type { EmbeddingProvider } from './providers/provider.ts';
import type { Ledger } from './usage/ledger.ts';
import { monthOf } from './usage/month.ts';
import { listPrice, type PriceOf } from './usage/prices.ts';
import { openSendLog, type SendLog } from './usage/send-log.ts';

export interface OutboundDeps {
  /** Absolute path of the script that checks texts for secrets, a thread of its own. */
  readonly secretScanWorker: string;
  /** Told, for the user to read, when what is sent cannot be noted as it should. */
  onCacheProblem?(problem: Failure): void;
  /** By default the user's prices in the cache directory, then the published ones. */
  readonly priceOf?: PriceOf;
}

/** What every text on its way to another process passes; opened when the first one goes. */
export class Outbound {
  readonly #config: Config;
  readonly #local: boolean;
  readonly #deps: OutboundDeps;
  readonly #ledger: Ledger;
  readonly #scanner: SecretScanner | null;
  #log: Promise<SendLog> | null = null;

  constructor(
    config: Config,
    { local }: Pick<ProviderDescription, 'local'>,
    deps: OutboundDeps,
    ledger: Ledger,
  ) {
    this.#config = config;
    this.#local = local;
    this.#deps = deps;
    this.#ledger = ledger;
    this.#scanner = config.scanForSecrets
      ? createSecretScanner({ workerFile: deps.secretScanWorker })
      : null;
  }

  /** Name of the check for secrets that texts pass; null: they pass none. */
  get secretCheck(): string | null {
    return this.#scanner === null ? null : SECRET_CHECK;
  }

  gateOf(provider: EmbeddingProvider): SendGate {
    return createSendGate({
      provider,
      // A server on this computer may see what is on this computer.
      scanner: this.#local ? null : this.#scanner,
      monthlyUsd: this.#config.monthlyUsd,
      priceOf: this.#deps.priceOf ?? listPrice,
      sendLog: () => this.log(),
    });
  }

  /** Null where the user wants no reranker. Throws Failure `badSettings`. */
  rerankGate(deps: RerankerDeps): RerankGate | null {
    const { reranker } = this.#config;
    const kind = rerankerNamed(reranker.kind);
    if (kind === null) return null;
    return createRerankGate({
      reranker: kind.open(reranker, deps),
      scanner: this.#scanner,
      monthlyUsd: this.#config.monthlyUsd,
      priceOf: this.#deps.priceOf ?? listPrice,
      sendLog: () => this.log(),
      ledger: this.#ledger,
    });
  }

  /** Throws for a file whose name means secrets, if its text would leave the computer. */
  refuseSecretFile(file: string | undefined): void {
    if (file === undefined || this.#local || !isSecretPath(file.replaceAll('\\', '/'))) return;
    const name = path.basename(file);
    throw new Failure('looksSecret', `${name} may hold secrets, so it was not sent.`, {
      file: name,
    });
  }

  /** For a text that was asked for by itself, and withheld. */
  failureOf(reason: WithheldReason): Failure {
    if (reason === 'looksSecret') {
      return new Failure(
        'looksSecret',
        'The text looks like it holds a secret, so it was not sent.',
      );
    }
    const { monthlyUsd } = this.#config;
    const options = monthlyUsd === null ? {} : { limitUsd: monthlyUsd };
    return new Failure('overBudget', 'The limit for this month is reached.', options);
  }

  log(): Promise<SendLog> {
    if (this.#log) return this.#log;
    const file = path.join(this.#config.cacheDir, 'sent.db');
    const log = openSendLog(file, {
      now: () => new Date(),
      onProblem: (problem) => {
        this.#deps.onCacheProblem?.(problem);
      },
      spentElsewhereUsd: async () =>
        (await this.#ledger.since(`${monthOf(new Date())}-01`)).costUsd,
    });
    this.#log = log;
    log.catch(() => (this.#log = null));
    return log;
  }

  async close(): Promise<void> {
    await closeAll([
      async () => this.#scanner?.close(),
      async () => (await this.#log?.catch(() => null))?.close(),
    ]);
  }
}
