/** Runs `scan-kernel.wat` in a memory: addresses and counts as its parameters say. */
export type ScanKernel = (
  memory: WebAssembly.Memory,
) => (
  codes: number,
  rows: number,
  stride: number,
  scales: number,
  query: number,
  bias: number,
  bar: number,
  scores: number,
  fours: number,
) => number;

/** `scan-kernel.wat` compiled, in base64: the build puts it in this name's place. */
declare const SCAN_KERNEL: string | undefined;

/** The kernel of this bundle; null where the code runs unbundled, or without WebAssembly SIMD. */
export function bundledScanKernel(): ScanKernel | null {
  if (typeof SCAN_KERNEL === 'undefined') return null;
  const bytes = Buffer.from(SCAN_KERNEL, 'base64');
  return WebAssembly.validate(bytes) ? scanKernelOf(bytes) : null;
}

export function scanKernelOf(bytes: Uint8Array<ArrayBuffer>): ScanKernel {
  const module = new WebAssembly.Module(bytes);
  return (memory) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return exports['scan'] as ReturnType<ScanKernel>;
  };
}
