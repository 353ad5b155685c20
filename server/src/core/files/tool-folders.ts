/**
 * Folders that hold no source of the workspace's own: version control, installed packages, caches
 * of tools. Never entered; no ignore file can bring them back.
 */
const TOOL_FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  '.jj',
  '.bzr',
  'CVS',
  'node_modules',
  'bower_components',
  'jspm_packages',
  '.yarn',
  '.pnpm-store',
  '.venv',
  '__pycache__',
  '.tox',
  '.nox',
  '.eggs',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.ipynb_checkpoints',
  '.gradle',
  '.m2',
  '.cargo',
  '.bundle',
  '.terraform',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.angular',
  '.turbo',
  '.parcel-cache',
  '.cache',
  '.nyc_output',
  '.idea',
  '.vs',
  '.vscode-test',
]);

export function isToolFolder(name: string): boolean {
  return TOOL_FOLDERS.has(name);
}
