import path from 'node:path';
import type { ImportRun } from '../../core/maintenance.ts';
import { cacheOnlySettingsOf, type GlobalOptions } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { importJson, importSummary } from './output/pack-summary.ts';
import { showShare } from './progress-line.ts';
import { write } from './terminal.ts';

/** `import FILE|DIR`: merges a pack, or a directory of the Python package. */
export async function runImport(call: Invocation, from: string): Promise<ExitCode> {
  const { terminal, options, signal, progress } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  const report = await withCore(call, settings, ({ maintenance }) =>
    maintenance.importFrom({
      from: path.resolve(terminal.cwd, from),
      signal,
      onProgress: showShare(progress, 'Importing'),
      ...modelOf(options),
      ...(options.modelFolder === undefined
        ? {}
        : { modelFolder: path.resolve(terminal.cwd, options.modelFolder) }),
    }),
  );
  progress.clear();
  await write(terminal.stdout, options.json ? importJson(report) : importSummary(report));
  return report.complete ? EXIT.done : EXIT.failed;
}

/** The Python package runs sentence-transformers, unless the user says who made the vectors. */
function modelOf({
  provider,
  model,
  dimensions,
  baseUrl,
}: GlobalOptions): Pick<ImportRun, 'model'> {
  if (model === undefined) return {};
  return {
    model: {
      provider: provider ?? 'transformers',
      origin: baseUrl ?? null,
      model,
      requestedDimensions: dimensions ?? null,
      role: 'both',
      prefix: '',
      element: 'float32',
      normalised: true,
    },
  };
}
