export interface ModelsParams {
  /** Address of an Ollama on this computer to ask for its models; null: nothing is asked. */
  readonly ollamaBaseUrl: string | null;
}

export interface ModelList {
  readonly models: readonly OfferedModel[];
  /** Whether Ollama answered; null where it was not asked. */
  readonly ollamaRuns: boolean | null;
  /** Whether the package that runs local models is installed. */
  readonly runtimeInstalled: boolean;
}

export interface OfferedModel {
  /** Provider kind. */
  readonly provider: string;
  /** Empty for the one model of a provider that has no names for them. */
  readonly model: string;
  /** Null until the model has answered once. */
  readonly dimensions: number | null;
  /** US dollars; null where the price is unknown. */
  readonly usdPerMillionTokens: number | null;
  /** Share of this workspace's chunks that are cached in this model's space; null where unknown. */
  readonly cachedShare: number | null;
}
