import { expect, it } from 'vitest';
import { call, createService, errorOf, post } from './calling.ts';

const question = 'Anything?';
const told = 'Told in confidence';

/** What is sent, and the whole of what is said of it. */
const bodies: [path: string, body: unknown, message: string][] = [
  ['/ask', [question], 'The body must be an object'],
  ['/ask', {}, 'question: is missing'],
  ['/ask', { question: null }, 'question: must be a text'],
  ['/ask', { question: 7 }, 'question: must be a text'],
  ['/ask', { question: ' ' }, 'question: must not be empty'],
  ['/ask', { question, topK: 0 }, 'topK: must be a whole number from 1 to 20'],
  ['/ask', { question, topK: 21 }, 'topK: must be a whole number from 1 to 20'],
  ['/ask', { question, topK: 0.5 }, 'topK: must be a whole number from 1 to 20'],
  ['/ask', { question, topK: told }, 'topK: must be a whole number from 1 to 20'],
  ['/ask', { question, cache: told }, 'cache: must be "use", "refresh" or "off"'],
  ['/ask', { question, stream: told }, 'stream: must be true or false'],
  ['/ask', { question, history: told }, 'history: must be a list'],
  [
    '/ask',
    { question, history: [{ content: '' }] },
    'history.0.role: is missing; history.0.content: must not be empty',
  ],
  [
    '/ask',
    { question, history: [{ role: 'user', content: told.repeat(500) }] },
    'history.0.content: must be at most 8,000 characters',
  ],
  [
    '/ask',
    { question, history: Array(21).fill({ role: 'user', content: told }) },
    'history: must be at most 20 entries',
  ],
  ['/ask', { question, filter: told }, 'filter: must be an object'],
  ['/ask', { question, filter: { Team: told } }, 'filter.Team: is no name of a field'],
  ['/ask', { question, filter: { team: '' } }, 'filter.team: must not be empty'],
  ['/ask', { question, filter: { team: told.repeat(20) } }, 'filter.team: must be at most 200 characters'],
  ['/ask', { question, filter: { team: [] } }, 'filter.team: must name a value'],
  ...[null, {}, [told, null]].map((value): [string, unknown, string] => [
    '/ask',
    { question, filter: { team: value } },
    'filter.team: must be a text of 1 to 200 characters, a number, true or false, or a list of 1 to 10 of those',
  ]),
  [
    '/ask',
    { question, top_k: 3, temperature: 1 },
    'top_k: is not a known field; temperature: is not a known field',
  ],
  ['/ask', { question, ['x'.repeat(500)]: 1 }, `${'x'.repeat(40)}: is not a known field`],
  ['/batch', { questions: [] }, 'questions: must hold a question'],
  [
    '/batch',
    { questions: [{ question }, { text: told }] },
    'questions.1.question: is missing; questions.1.text: is not a known field',
  ],
  ['/batch', [], 'The body must be an object'],
  ['/jobs', { questions: [{ question, topK: 99 }] }, 'questions.0.topK: must be a whole number from 1 to 20'],
  ['/jobs', { questions: [{ question }], webhook: told }, 'webhook: must be an object'],
  ['/jobs', { questions: [{ question }], webhook: {} }, 'webhook.url: is missing'],
  [`/answers/${'a'.repeat(32)}/feedback`, {}, 'right: is missing'],
  ['/documents/a.md/upload', { contentType: 1 }, 'contentType: must be a text'],
];

it.each(bodies)('%s %j: %s', async (path, body, message) => {
  const response = await post(createService().api, path, body);
  expect(response.status).toBe(400);
  expect(errorOf(response)['message']).toBe(message);
  expect(response.body).not.toContain(told);
});

it.each([
  ['/documents', 'limit=all', 'limit: must be a whole number from 1 to 100'],
  ['/documents', 'state=new', 'state: must be "received", "parsing", "embedding", "ready" or "failed"'],
  ['/documents', 'order=size', 'order: is not a known field'],
  ['/documents/a.md/chunks/1000000', '', 'number: must be a whole number from 0 to 999,999'],
])('GET %s?%s: %s', async (path, query, message) => {
  const response = await call(createService().api, 'GET', `${path}?${query}`);
  expect([response.status, errorOf(response)['message']]).toEqual([400, message]);
});

it('names twenty wrong fields of however many there are', async () => {
  const questions = Array(100).fill({});
  const error = errorOf(await post(createService().api, '/jobs', { questions }));
  expect(error['issues']).toHaveLength(20);
});

const messages = [{ role: 'user', content: question }];

it.each([
  [{ messages }, 'model', 'model is required'],
  [{ model: 'x', messages: told }, 'messages', 'messages must be a list'],
  [{ model: 'x', messages: [] }, 'messages', 'messages must hold a message'],
  [{ model: 7, messages }, 'model', 'model must be a text'],
  [{ model: 'x', messages, stream: told }, 'stream', 'stream must be true or false'],
  [{ model: 'x', messages, n: 2 }, 'n', 'n is not supported'],
  [{ model: 'x', messages, [told]: 1 }, told, `${told} is not supported`],
  [
    { model: 'x', messages: [{ role: 'user', content: 7 }] },
    'messages[0].content',
    'messages[0].content must be a text or a list of parts that are text',
  ],
])('POST /v1/chat/completions %j: %s', async (body, param, message) => {
  const response = await post(createService().api, '/v1/chat/completions', body);
  expect(response.status).toBe(400);
  expect(errorOf(response)).toMatchObject({ type: 'invalid_request_error', param, message });
});
