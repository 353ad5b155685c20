import type { CancellationToken, Connection } from 'vscode-languageserver/node';
import type { EmbedOutcome } from '../../../protocol/embed.ts';
import type { ErrorData } from '../../../protocol/errors.ts';
import type { Method, ParamsOf, Progress, ResultOf } from '../../../protocol/methods.ts';
import type { SearchHit } from '../../../protocol/search-hit.ts';
import type { Core, EmbedOutcome as CoreOutcome } from '../../core/core.ts';
import type { SearchHit as CoreHit } from '../../core/search/search-hit.ts';
import { norm } from '../../core/vectors/vector.ts';
import { abortOn } from './abort-on.ts';
import { explainUri, skippedIn } from './explanations.ts';
import { previewCost } from './cost-preview.ts';
import { indexFolders } from './index-request.ts';
import { maintain } from './maintain-request.ts';
import { paramsSchemas } from './params.ts';
import { errorDataOf, responseErrorOf } from './response-errors.ts';
import type { Session } from './session.ts';
import type { StatsPublisher } from './stats-publisher.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

export interface HandlerDeps {
  readonly connection: Connection;
  readonly session: Session;
  readonly folders: WorkspaceFolders;
  readonly stats: StatsPublisher;
}

type Handler<M extends Method> = (
  params: ParamsOf<M>,
  core: Core,
  signal: AbortSignal,
) => Promise<ResultOf<M>>;

/** Each request: parse, call core, translate. */
export function registerHandlers(deps: HandlerDeps): void {
  const { connection, session, folders, stats } = deps;

  function on<M extends Method>(method: M, handle: Handler<M>): void {
    connection.onRequest(method, async (raw: unknown, token: CancellationToken) => {
      try {
        const params = paramsSchemas[method].parse(raw) as ParamsOf<M>;
        const { core, signal } = await session.core();
        return await handle(params, core, abortOn(token, signal));
      } catch (error) {
        return responseErrorOf(error);
      }
    });
  }

  on('embeddingCache/embed', async ({ texts, includeVectors = false, uri }, core, signal) => {
    const startedAt = performance.now();
    const file = uri === undefined ? undefined : decodeURIComponent(new URL(uri).pathname);
    const { space, outcomes } = await core.embed(texts, signal, file);
    return {
      provider: space.provider,
      model: space.model,
      dimensions: space.dimensions,
      milliseconds: performance.now() - startedAt,
      outcomes: outcomes.map((outcome) => factsOf(outcome, includeVectors)),
    };
  });

  on('embeddingCache/index', (params, core, signal) => {
    if (params.paused !== undefined) session.gate.paused = params.paused;
    return indexFolders({ connection, folders, stats }, params, core, signal);
  });

  on('embeddingCache/preview', (params, core, signal) =>
    previewCost({ connection, folders }, params, core, signal),
  );

  on('embeddingCache/models', ({ ollamaBaseUrl }, core, signal) =>
    core.models(folders.paths, ollamaBaseUrl, signal),
  );

  on('embeddingCache/sent', async ({ limit }, core) =>
    (await core.sent(limit)).map((entry) => ({ ...entry, at: entry.at.toISOString() })),
  );

  on('embeddingCache/search', async (params, core, signal) => {
    const { query, mode = 'hybrid', folders: uris = [], ...rest } = params;
    let notReranked: ErrorData | null = null;
    const hits = await core.search(folders.named(uris), query, {
      ...rest,
      mode,
      signal,
      onNotReranked: (why) => (notReranked = errorDataOf(why)),
    });
    return { hits: hits.map((hit) => hitOf(folders, hit)), notReranked };
  });

  on('embeddingCache/duplicates', async ({ progressToken, ...wanted }, core, signal) => {
    const onProgress = (done: number, total: number): void => {
      if (progressToken === undefined) return;
      const value: Progress['embeddingCache/duplicates'] = { done, total };
      void connection.sendNotification('$/progress', { token: progressToken, value });
    };
    const found = await core.duplicates(folders.paths, { ...wanted, signal, onProgress });
    const groups = found.groups.map((group) => ({
      ...group,
      places: group.places.map(({ folder, ...place }) => ({
        uri: folders.uriOf(folder, place.path),
        ...place,
      })),
    }));
    return { ...found, groups };
  });

  on('embeddingCache/similar', async ({ text, limit, except }, core, signal) => {
    // One more than asked for: the text itself may be among them.
    const hits = await core.similar(folders.paths, text, {
      limit: limit + 1,
      mode: 'semantic',
      signal,
    });
    return hits
      .map((hit) => hitOf(folders, hit))
      .filter((hit) => !except || !overlaps(hit, except))
      .slice(0, limit);
  });

  on('embeddingCache/pause', ({ paused }) => {
    session.gate.paused = paused;
    stats.changed();
    return Promise.resolve(null);
  });

  on('embeddingCache/deleteIndex', async (_, core) => {
    for (const folder of folders.paths) await core.deleteIndex(folder);
    return null;
  });

  on('embeddingCache/explain', ({ uri }, core) => explainUri(core, folders, uri));
  on('embeddingCache/skipped', (_, core) => skippedIn(core, folders));
  on('embeddingCache/maintain', (params, core, signal) =>
    maintain({ connection }, params, core.maintenance, signal),
  );
  on('embeddingCache/installRuntime', async (_, { maintenance }, signal) => {
    await maintenance.installRuntime(signal);
    return null;
  });
  on('embeddingCache/stats', () => stats.gather());
}

function factsOf(outcome: CoreOutcome, includeVectors: boolean): EmbedOutcome {
  if (outcome.kind === 'failed') return { kind: 'failed', reason: outcome.reason };
  if (outcome.kind === 'withheld') return { kind: 'withheld', reason: outcome.reason };
  const { kind, hash, vector } = outcome;
  return {
    kind,
    key: hash,
    norm: norm(vector),
    ...(includeVectors ? { vector: [...vector] } : {}),
  };
}

function hitOf(folders: WorkspaceFolders, { folder, ...hit }: CoreHit): SearchHit {
  return { uri: folders.uriOf(folder, hit.path), ...hit };
}

function overlaps(
  hit: SearchHit,
  place: { uri: string; startLine: number; endLine: number },
): boolean {
  return (
    hit.uri === new URL(place.uri).href &&
    hit.startLine <= place.endLine &&
    place.startLine <= hit.endLine
  );
}
