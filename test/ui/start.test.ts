import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { launchChromium } from '../../tools/chromium.mjs';
import { tempDirectory } from '../support/temp-directory.ts';
import { Workbench } from '../support/workbench.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** In two pieces, or the exact text of this line would be the first answer. */
const QUERY = ['how long to wait', 'before a request is repeated'].join(' ');

// Elsewhere a desktop VS Code would open in front of whoever runs the tests.
it.runIf(process.platform === 'linux')(
  'npm start opens VS Code on this repository with the extension, which answers before any trust',
  async () => {
    const home = tempDirectory();
    const start = spawn(
      process.execPath,
      ['tools/start.mjs', '--cache-dir', path.join(home, 'cache')],
      {
        cwd: root,
        env: { ...process.env, XDG_CACHE_HOME: home, DISPLAY: '', WAYLAND_DISPLAY: '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const exited = once(start, 'exit');
    const browser = await launchChromium(process.env['CHROMIUM'] ?? '');
    try {
      const lines: string[] = [];
      let url: string | undefined;
      for await (const line of createInterface(start.stdout)) {
        lines.push(line);
        url = /^\s+(http:\/\/127\.0\.0\.1:\S+)$/.exec(line)?.[1];
        if (url !== undefined) break;
      }
      expect(lines.join('\n')).toContain('Nothing was embedded twice.');
      expect(url).toBeDefined();

      const workbench = new Workbench(await browser.newPage(), {
        url: url ?? '',
        shots: path.join(root, 'out/shots'),
      });
      await workbench.open();
      await workbench.restrictedBadge.waitFor();
      await workbench.openQuickInput('Control+K', 'Control+E');
      await workbench.quickInputBox.fill(QUERY);
      await workbench.quickPickRows.first().filter({ hasText: 'server/src/core/' }).waitFor();
      await workbench.shot('npm-start');
    } finally {
      await browser.close();
      start.kill('SIGINT');
      await exited;
    }
  },
);
