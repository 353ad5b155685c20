/** Where core says what it does. Front ends decide where it goes; never stdout in `lsp` or `mcp`. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
