/**
 * What the client tells the server, as `initializationOptions` and again in
 * `workspace/didChangeConfiguration` (`settings`) on every change.
 */
export interface ServerSettings {
  /** Cache directory; empty: the platform's. */
  readonly directory: string;
  /** Keep texts beside vectors. */
  readonly storeText: boolean;
  readonly provider: ProviderSettings;
  readonly reranker: RerankerSettings;
  /** Origins (`https://api.openai.com`) the user agreed to send this workspace's text to. */
  readonly allowedOrigins: readonly string[];
  /** What to leave out of the index beside what ignore files say. */
  readonly exclude: readonly ExcludePattern[];
  readonly maxFileSizeKb: number;
  /** How much of the machine indexing may take. */
  readonly effort: 'low' | 'normal' | 'full';
  /** Whether the workspace is trusted: git is asked about its folders only then. */
  readonly trusted: boolean;
  /** How the network is reached. */
  readonly network: NetworkSettings;
  /** Withhold texts that look secret from other computers. */
  readonly scanForSecrets: boolean;
  /** What may be spent at once without a question, US dollars. */
  readonly confirmAboveUsd: number;
  /** Most US dollars to spend in a calendar month (UTC); null: no limit. */
  readonly monthlyUsd: number | null;
}

/** A line as ignore files have it, with the name of the setting it comes from. */
export interface ExcludePattern {
  readonly pattern: string;
  readonly setting: string;
}

export interface NetworkSettings {
  /**
   * Address of a proxy; empty: none. Without its name and password: these are sent as the key of
   * provider `proxy`.
   */
  readonly proxy: string;
  /** Hosts reached without it. */
  readonly noProxy: readonly string[];
  /** PEM file of further certificate authorities; empty: none. */
  readonly caFile: string;
}

export interface ProviderSettings {
  /** As the setting `embeddingCache.provider` names it. */
  readonly kind: string;
  /** Empty or absent: the provider's default model. */
  readonly model?: string;
  /** Null or absent: the model's own. */
  readonly dimensions?: number | null;
  /** Empty or absent: the provider's own address. */
  readonly baseUrl?: string;
  /** Azure OpenAI. */
  readonly deployment?: string;
  readonly apiVersion?: string;
  /** Local transformer models. */
  readonly modelFolder?: string;
}

/** Who puts the best hits of a search in order; their texts are sent there. */
export interface RerankerSettings {
  /** As the setting `embeddingCache.search.reranker` names it; `none` for none. */
  readonly kind: string;
  /** Empty or absent: the provider's default model for it. */
  readonly model?: string;
  /** Empty or absent: the provider's own address. */
  readonly baseUrl?: string;
}

/**
 * Sent by the parent over the child process's own IPC channel (`process.send`), never in JSON-RPC,
 * which a trace prints. A key is bound to one origin.
 */
export interface ApiKeyMessage {
  readonly type: 'apiKey';
  readonly provider: string;
  /** Origin the key was stored for, e.g. `https://api.openai.com`. */
  readonly origin: string;
  /** Null: forget it. */
  readonly key: string | null;
}
