export function compileScanKernel(): Promise<string>;
