import * as z from 'zod';
import type { Contract } from '../contract.ts';
import { chatBody } from './parameters.ts';

const error = z.lazy(() =>
  z
    .strictObject({
      error: z.strictObject({
        message: z.string(),
        type: z.string(),
        param: z.string().nullable(),
        code: z.string(),
        requestId: z.string(),
      }),
    })
    .meta({ id: 'OpenAiError' }),
);

const model = z.lazy(() =>
  z
    .strictObject({
      id: z.string(),
      object: z.literal('model'),
      created: z.int(),
      owned_by: z.string(),
    })
    .meta({ id: 'OpenAiModel' }),
);

/** `POST /v1/chat/completions`. OpenAI's own description is the one that clients go by. */
export function completeContract(): Contract {
  const usage = z.strictObject({
    prompt_tokens: z.int().min(0),
    completion_tokens: z.int().min(0),
    total_tokens: z.int().min(0),
  });
  const common = { id: z.string(), created: z.int(), model: z.string() };
  const finishReason = z.enum(['stop', 'length', 'content_filter']);
  const message = { content: z.string(), refusal: z.null() };
  const annotations = z.array(z.looseObject({ type: z.literal('url_citation') }));
  const choice = { index: z.literal(0), logprobs: z.null() };
  const sources = z.array(z.looseObject({ n: z.int().min(1), document: z.string() }));
  const completion = z.strictObject({
    ...{ ...common, object: z.literal('chat.completion'), sources, usage },
    choices: z.array(
      z.strictObject({
        ...choice,
        message: z.strictObject({ ...message, role: z.literal('assistant'), annotations }),
        finish_reason: finishReason,
      }),
    ),
  });
  const delta = z.strictObject({ ...message, role: z.literal('assistant'), annotations }).partial();
  const chunk = z.strictObject({
    ...{ ...common, object: z.literal('chat.completion.chunk'), sources: sources.optional() },
    usage: usage.nullish(),
    choices: z.array(z.strictObject({ ...choice, delta, finish_reason: finishReason.nullable() })),
  });
  const event = z.strictObject({ data: z.union([chunk, z.literal('[DONE]'), error]) });
  return {
    path: '/v1/chat/completions',
    operation: 'createChatCompletion',
    summary: "Answers the last message, in the form of OpenAI's chat completions.",
    body: { content: { 'application/json': chatBody } },
    responses: {
      200: {
        description: 'The answer.',
        content: { 'application/json': completion, 'text/event-stream': event },
      },
    },
    error,
  };
}

/** `GET /v1/models`. */
export function listModelsContract(): Contract {
  const list = z.strictObject({ object: z.literal('list'), data: z.array(model) });
  return {
    path: '/v1/models',
    operation: 'listModels',
    summary: 'The models that chat completions can be asked of.',
    responses: { 200: { description: 'The models.', content: { 'application/json': list } } },
    error,
  };
}

/** `GET /v1/models/{id}`. */
export function getModelContract(): Contract {
  return {
    path: '/v1/models/{id}',
    operation: 'getModel',
    summary: 'One of the models.',
    responses: { 200: { description: 'The model.', content: { 'application/json': model } } },
    error,
  };
}
