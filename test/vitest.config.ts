import { defineConfig } from 'vitest/config';

const project = (name: string, options: object = {}) => ({
  test: {
    name,
    root: import.meta.dirname,
    include: [`${name}/**/*.test.ts`],
    // Threads are started from TypeScript source here.
    execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    ...options,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('contract'),
      // Starts the built server and the built CLI.
      project('rpc', { testTimeout: 60_000 }),
      // Drives one VS Code, one step after another.
      project('ui', {
        testTimeout: 180_000,
        hookTimeout: 300_000,
        fileParallelism: false,
        expect: { poll: { timeout: 30_000 } },
      }),
    ],
  },
});
