/** How this computer reaches the network. */
export interface Network {
  /** `http://host:port`, perhaps with a name and a password; empty: none. */
  readonly proxy: string;
  /** Hosts reached without it: `example.com` with all below it, `host:port`, or `*` for all. */
  readonly noProxy: readonly string[];
  /** PEM file of certificate authorities to trust beside the system's; empty: none. */
  readonly caFile: string;
}

export const NO_NETWORK_SETTINGS = { proxy: '', noProxy: [], caFile: '' } satisfies Network;
