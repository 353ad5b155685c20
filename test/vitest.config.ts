import { defineConfig } from 'vitest/config';
import { compileScanKernel } from '../tools/compile-wat.mjs';

const project = (name: string, options: object = {}) => ({
  test: {
    name,
    root: import.meta.dirname,
    globalSetup: ['support/put-grammars.ts'],
    include: [`${name}/**/*.test.ts`],
    // Threads are started from TypeScript source here.
    execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    ...options,
  },
});

export default defineConfig(async () => {
  // As the build does: tests run the same scan as the product.
  const kernel = JSON.stringify(await compileScanKernel());
  return {
    test: {
      projects: [
        project('unit'),
        project('contract'),
        // Starts the built server and the built CLI.
        project('rpc', { testTimeout: 60_000 }),
        // Breaks disks, clocks and processes: one file at a time, so that none disturbs another.
        project('faults', { testTimeout: 120_000, fileParallelism: false }),
        // Drives one VS Code, one step after another.
        project('ui', {
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          expect: { poll: { timeout: 30_000 } },
        }),
      ].map((each) => ({ ...each, define: { SCAN_KERNEL: kernel } })),
    },
  };
});
