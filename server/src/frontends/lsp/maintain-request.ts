import type { Connection } from 'vscode-languageserver/node';
import type {
  GarbageReport as WireGarbage,
  ImportParams,
  ImportReport as WireImport,
  MaintainParams,
  MaintainReport,
} from '../../../protocol/maintain.ts';
import type {
  GarbageReport,
  ImportReport,
  Maintenance,
  MaintenanceProgress,
  PythonModel,
} from '../../core/maintenance.ts';

/** Least time between two notifications, milliseconds. */
const INTERVAL_MS = 100;

/** Looks after the cache, telling the client how far it has come. */
export async function maintain(
  { connection }: { readonly connection: Connection },
  params: MaintainParams,
  maintenance: Maintenance,
  signal: AbortSignal,
): Promise<MaintainReport> {
  const run = { signal, onProgress: teller(connection, params.progressToken) };
  switch (params.action) {
    case 'verify':
      return maintenance.verify({ ...run, repair: params.repair });
    case 'collectGarbage':
      return garbageOf(await maintenance.collectGarbage({ ...run, ...params }));
    case 'deleteAll':
      return garbageOf(await maintenance.deleteAll(run));
    case 'export':
      return maintenance.exportTo({ ...run, ...params, spaceIds: params.spaceIds ?? null });
    case 'import':
      return importOf(await maintenance.importFrom({ ...run, ...importFrom(params) }));
    case 'backUp':
      return maintenance.backUp({ ...run, to: params.to });
  }
}

function teller(connection: Connection, token: string | number | undefined) {
  let toldAt = -INTERVAL_MS;
  return (value: MaintenanceProgress): void => {
    const now = performance.now();
    if (token === undefined || now - toldAt < INTERVAL_MS) return;
    toldAt = now;
    void connection.sendNotification('$/progress', { token, value });
  };
}

function garbageOf({ embeddings, texts, bytes, spaces }: GarbageReport): WireGarbage {
  const costUsd = spaces.reduce((sum, space) => sum + space.costUsd, 0);
  return { embeddings, texts, bytes, costUsd };
}

function importOf({ spaces, texts, complete, modelMissing = false }: ImportReport): WireImport {
  const sum = (name: 'added' | 'present' | 'refused') =>
    spaces.reduce((total, space) => total + space[name], 0);
  return {
    added: sum('added'),
    present: sum('present'),
    refused: sum('refused'),
    leftOut: spaces.reduce((total, { leftOut = 0 }) => total + leftOut, 0),
    texts,
    complete,
    modelMissing,
  };
}

function importFrom({ from, model }: ImportParams): { from: string; model?: PythonModel } {
  return model ? { from, model: pythonModel(model) } : { from };
}

function pythonModel({ provider, model }: { provider: string; model: string }): PythonModel {
  return {
    provider,
    origin: null,
    model,
    requestedDimensions: null,
    role: 'both',
    prefix: '',
    element: 'float32',
    normalised: true,
  };
}
