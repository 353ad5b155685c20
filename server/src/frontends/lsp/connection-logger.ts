import type { RemoteConsole } from 'vscode-languageserver/node';
import type { Logger } from '../../core/logger.ts';

/** To the client's log, through the protocol: stdout is the protocol itself. */
export function connectionLogger(console: RemoteConsole): Logger {
  return {
    debug: (message) => {
      console.debug(message);
    },
    info: (message) => {
      console.info(message);
    },
    warn: (message) => {
      console.warn(message);
    },
    error: (message) => {
      console.error(message);
    },
  };
}
