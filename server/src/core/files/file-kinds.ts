import type { SkipReason } from './file-source.ts';

/** Endings of files that hold no text, without the dot. */
const BINARY_ENDINGS: ReadonlySet<string> = new Set(
  [
    'png jpg jpeg gif bmp ico icns webp avif heic tif tiff psd ai eps svg',
    'mp3 mp4 m4a m4v wav ogg oga ogv flac aac avi mov mkv webm',
    'zip tar gz tgz bz2 xz 7z rar zst lz4 br jar war ear whl egg gem crate vsix apk ipa nupkg',
    'deb rpm dmg iso img msi cab',
    'exe dll so dylib a lib o obj pdb class pyc pyo pyd wasm node bin dat',
    'ttf otf woff woff2 eot',
    'pdf doc docx xls xlsx ppt pptx odt ods odp',
    'db sqlite sqlite3 mdb parquet feather arrow npy npz pt pth onnx safetensors gguf pkl h5',
  ]
    .join(' ')
    .split(' '),
);

const LOCK_FILES: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'Cargo.lock',
  'Gemfile.lock',
  'Pipfile.lock',
  'poetry.lock',
  'pdm.lock',
  'uv.lock',
  'composer.lock',
  'go.sum',
  'go.work.sum',
  'mix.lock',
  'pubspec.lock',
  'Podfile.lock',
  'Package.resolved',
  'packages.lock.json',
  'flake.lock',
  'gradle.lockfile',
]);

/** Names that tools give to files they write. */
const GENERATED_NAMES =
  /(?:[.-]min\.(?:js|mjs|cjs|css)|\.(?:js|mjs|cjs|css|ts)\.map|\.bundle\.js|\.pb\.(?:go|cc|h)|_pb2(?:_grpc)?\.pyi?|\.g\.(?:dart|cs)|\.freezed\.dart|\.designer\.cs|\.snap|\.tsbuildinfo)$/i;

/** Marks that tools leave in the head of files they write, at the start of a comment. */
const GENERATED_MARK =
  /^[^\p{L}\p{N}\n]{0,12}(?:code generated\b[^\n]*\bdo not edit|@generated\b|<auto-?generated|auto-?generated\b[^\n]*\bdo not (?:edit|modify))/imu;
const HEAD_CHARACTERS = 4_000;

/** Endings of code, where very long lines mean that a tool joined them; prose may have them. */
const CODE_ENDINGS = /\.(?:js|mjs|cjs|jsx|ts|tsx|css|html?|json|xml|php)$/i;
const MINIFIED_LEAST_CHARACTERS = 4_000;
const MINIFIED_LINE_CHARACTERS = 300;

/** Why a file is skipped by its name alone; null when it may be text written by people. */
export function skipByName(path: string): SkipReason | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot > 0 && BINARY_ENDINGS.has(name.slice(dot + 1).toLowerCase())) return 'binary';
  if (LOCK_FILES.has(name) || GENERATED_NAMES.test(name)) return 'generated';
  return null;
}

/**
 * Whether a tool wrote the text: a mark such as `Code generated … DO NOT EDIT` in its first 4,000
 * characters, or, for code of that length and more, lines of more than 300 characters on average.
 */
export function looksGenerated(path: string, text: string): boolean {
  if (GENERATED_MARK.test(text.slice(0, HEAD_CHARACTERS))) return true;
  if (text.length < MINIFIED_LEAST_CHARACTERS || !CODE_ENDINGS.test(path)) return false;
  return text.length > MINIFIED_LINE_CHARACTERS * lineCount(text);
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
