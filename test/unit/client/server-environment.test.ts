import { describe, expect, it } from 'vitest';
import { serverEnvironment } from '../../../client/src/server-environment.ts';

describe('serverEnvironment', () => {
  it('leaves API keys and everything else that is not on the list behind', () => {
    const parent = {
      PATH: '/bin',
      HOME: '/home/ada',
      OPENAI_API_KEY: 'sk-secret',
      AWS_SECRET_ACCESS_KEY: 'secret',
      NODE_OPTIONS: '--require ./evil.js',
    };
    expect(serverEnvironment(parent, {})).toEqual({ PATH: '/bin', HOME: '/home/ada' });
  });

  it('keeps names as Windows writes them', () => {
    expect(serverEnvironment({ Path: 'C:\\Windows' }, {})).toEqual({ Path: 'C:\\Windows' });
  });

  it('makes Electron run as Node, and only Electron', () => {
    expect(serverEnvironment({}, { electron: '35.5.1' })).toEqual({ ELECTRON_RUN_AS_NODE: '1' });
    expect(serverEnvironment({}, { node: '24.0.0' })).toEqual({});
  });
});
