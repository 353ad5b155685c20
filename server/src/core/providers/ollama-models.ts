import { endpointOf } from './remote/endpoint.ts';
import { exchangeJson } from './remote/http-exchange.ts';
import { stringOrNull, valueAt } from './remote/wire-format.ts';

/** A program that does not run refuses at once; one that hangs must not hold up a list. */
const PATIENCE_MS = 1500;

/**
 * Names of the models an Ollama on this computer has; null where none answers. Another computer is
 * never asked: looking for a server there would tell it of us.
 */
export async function ollamaModels(
  baseUrl: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  try {
    const endpoint = endpointOf('ollama', baseUrl);
    if (!endpoint.loopback) return null;
    const { body } = await exchangeJson(
      {
        method: 'GET',
        baseUrl: endpoint.baseUrl,
        path: '/api/tags',
        query: {},
        headers: {},
        body: null,
      },
      fetch,
      AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    );
    const listed = valueAt(body, 'models');
    if (!Array.isArray(listed)) return null;
    const names = listed.map((model: unknown) => stringOrNull(valueAt(model, 'name')));
    return names.filter((name) => name !== null);
  } catch {
    // Whatever it was: there is no Ollama to be offered, which is all that was asked.
    signal.throwIfAborted();
    return null;
  }
}
