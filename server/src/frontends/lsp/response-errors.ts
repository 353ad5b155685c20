import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { z } from 'zod';
import { ERROR_CODE, type ErrorData } from '../../../protocol/errors.ts';
import { failureOf, type Failure } from '../../core/errors.ts';

/** What a request is answered with when it could not be done: a code, not a sentence. */
export function responseErrorOf(error: unknown): ResponseError<ErrorData | undefined> {
  if (error instanceof Error && error.name === 'AbortError') {
    return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled', undefined);
  }
  if (error instanceof z.ZodError) {
    return new ResponseError(ErrorCodes.InvalidParams, z.prettifyError(error), undefined);
  }
  const failure = failureOf(error);
  return new ResponseError<ErrorData | undefined>(
    ERROR_CODE,
    failure.message,
    errorDataOf(failure),
  );
}

export function errorDataOf(failure: Failure): ErrorData {
  const { kind, provider, host, status, file, limitUsd, recovery } = failure;
  return {
    kind,
    ...(provider === undefined ? {} : { provider }),
    ...(host === undefined ? {} : { host }),
    ...(status === undefined ? {} : { status }),
    ...(file === undefined ? {} : { file }),
    ...(limitUsd === undefined ? {} : { limitUsd }),
    ...recovery,
  };
}
