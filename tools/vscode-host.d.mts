export interface Host {
  /** Loopback port the workbench is served on. */
  readonly port: number;
  /** What the server has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

type HostKind = 'test' | 'user';

export function installExtension(options: {
  vsix: string;
  dataDir: string;
  extensionsDir: string;
  signal?: AbortSignal;
}): Promise<void>;

export function startHost(options: {
  kind: HostKind;
  dataDir: string;
  extensionsDir: string;
  port?: number;
  args?: readonly string[];
  under?: readonly string[];
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}): Promise<Host>;

export function hostUrl(options: {
  port: number;
  folder?: string;
  workspace?: string;
  payload?: readonly (readonly [name: string, value: string])[];
}): string;

export function writeHostSettings(options: {
  kind: HostKind;
  dataDir: string;
  user?: Readonly<Record<string, unknown>>;
  machine?: Readonly<Record<string, unknown>>;
}): void;
