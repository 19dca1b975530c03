import createMiddy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createApiApp } from '../lib/app.ts';
import { parseApiConfig } from '../lib/config.ts';
import { toErrorResponse } from '../lib/http/errors.ts';
import type { HttpResponse } from '../lib/http/response.ts';
import { functionUrlStream } from '../lib/http/streaming-mode.ts';
import { toRagError } from '../lib/rag/errors.ts';

const { api, telemetry } = createApiApp(parseApiConfig());
const onError = (error: unknown) => telemetry.failed('request', error);

/** Function URL, RESPONSE_STREAM: every HTTP route. */
export const handler = createMiddy<APIGatewayProxyEventV2, HttpResponse>(api, {
  executionMode: functionUrlStream({ onError }),
  timeoutEarlyInMillis: 0,
}).onError(({ error, context }) => {
  if (toRagError(error).status >= 500) onError(error);
  return toErrorResponse(error, context.awsRequestId);
});
