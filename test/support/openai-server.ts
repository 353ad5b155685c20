import { openAiServerWire } from './server-wires.ts';
import {
  startProviderServer,
  type ProviderServer,
  type ProviderServerOptions,
} from './provider-server.ts';

export { wireTokens, type Script, type SeenRequest } from './provider-server.ts';
export type OpenAiServer = ProviderServer;
export type OpenAiServerOptions = ProviderServerOptions;

/** A counting server in OpenAI's wire format. */
export function startOpenAiServer(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
  return startProviderServer(openAiServerWire, options);
}
