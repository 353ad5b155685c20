// Compiles WebAssembly text into the bytes of a module, in base64.
import { readFile } from 'node:fs/promises';
import loadWabt from 'wabt';

/** The scan over packed vectors, as bundles and tests have it inside. */
export function compileScanKernel() {
  return compileWat('server/src/core/index/scan-kernel.wat');
}

async function compileWat(file) {
  const wabt = await loadWabt();
  const source = await readFile(new URL(`../${file}`, import.meta.url), 'utf8');
  const module = wabt.parseWat(file, source, { simd: true });
  try {
    module.validate();
    return Buffer.from(module.toBinary({}).buffer).toString('base64');
  } finally {
    module.destroy();
  }
}
