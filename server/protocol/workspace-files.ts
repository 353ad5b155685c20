/** Asks what is in folders of a file system that only the client can reach. */
export interface ListFilesParams {
  /** URI of a workspace folder. */
  readonly folder: string;
  /** Relative to it, forward slashes; '' is the folder itself. */
  readonly paths: readonly string[];
}

/** Links and special files are left out. */
export interface FolderContent {
  /** `mtime` in milliseconds since 1970. */
  readonly files: readonly {
    readonly name: string;
    readonly size: number;
    readonly mtime: number;
  }[];
  readonly folders: readonly string[];
}

export interface ReadFilesParams {
  readonly folder: string;
  /** At most 16, of together about 100 KB. */
  readonly paths: readonly string[];
  readonly maxBytes: number;
}

export type ReadFile =
  /** Bytes as base64: what is text, and in which encoding, is decided in one place. */
  | { readonly kind: 'bytes'; readonly base64: string }
  | { readonly kind: 'tooLarge' | 'unreadable' | 'missing' };

/** Requests the server sends: method name → [params, result]. */
export interface ClientRequests {
  /** One answer per path, in order; null for a folder that cannot be opened. */
  'workspaceFiles/list': [ListFilesParams, (FolderContent | null)[]];
  /** One answer per path, in order. */
  'workspaceFiles/read': [ReadFilesParams, ReadFile[]];
}
