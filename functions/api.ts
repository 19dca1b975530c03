import createMiddy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createApiApp } from '../lib/app.ts';
import { parseApiConfig } from '../lib/config.ts';
import type { HttpResponse } from '../lib/http/response.ts';
import { functionUrlStream } from '../lib/http/streaming-mode.ts';

const { api, telemetry } = createApiApp(parseApiConfig());

/** Function URL, RESPONSE_STREAM: every HTTP route. */
export const handler = createMiddy<APIGatewayProxyEventV2, HttpResponse>(api, {
  executionMode: functionUrlStream({ onError: (error) => telemetry.failed('request', error) }),
  timeoutEarlyInMillis: 0,
});
