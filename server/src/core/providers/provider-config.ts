/** What the user set about the provider, for every kind alike; a kind ignores what is not its own. */
export interface ProviderConfig {
  /** Name of a row of the provider table. */
  readonly kind: string;
  /** Empty: the provider's default model. */
  readonly model: string;
  /** Null: the model's own. */
  readonly dimensions: number | null;
  /** Empty: the provider's own address. For Azure OpenAI the resource's endpoint. */
  readonly baseUrl: string;
  /** Azure OpenAI: name of the deployment. */
  readonly deployment: string;
  /** Azure OpenAI: empty for the version this product was made for. */
  readonly apiVersion: string;
  /** Local transformer models: absolute path of the model's folder. */
  readonly modelFolder: string;
}

/** A configuration of which only this was set. */
export function providerConfigOf(
  kind: string,
  set: { readonly [K in keyof ProviderConfig]?: ProviderConfig[K] | undefined } = {},
): ProviderConfig {
  return {
    kind,
    model: set.model ?? '',
    dimensions: set.dimensions ?? null,
    baseUrl: set.baseUrl ?? '',
    deployment: set.deployment ?? '',
    apiVersion: set.apiVersion ?? '',
    modelFolder: set.modelFolder ?? '',
  };
}
