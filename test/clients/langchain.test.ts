import { AIMessage, AIMessageChunk, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { all, answer, cutShort, model, question, startScene, type Scene } from './scene.ts';

let scene: Scene;
let chat: ChatOpenAI;

const create = (more: Partial<ConstructorParameters<typeof ChatOpenAI>[0] & object> = {}) =>
  new ChatOpenAI({
    model,
    apiKey: scene.apiKey,
    maxRetries: 0,
    configuration: { baseURL: scene.baseURL },
    ...more,
  });

beforeAll(async () => {
  scene = await startScene();
  chat = create();
});
afterEach(() => scene.script(undefined));
afterAll(() => scene.close());

describe("LangChain's ChatOpenAI", () => {
  it('is answered, and told what was used', async () => {
    const message = await chat.invoke(question);
    expect(message.content).toBe(answer);
    expect(message.response_metadata).toMatchObject({ finish_reason: 'stop', model_name: model });
    const { input_tokens, output_tokens, total_tokens } = message.usage_metadata!;
    expect([input_tokens, input_tokens + output_tokens]).toEqual([1_000, total_tokens]);
  });

  it('streams, and is told at the end what was used', async () => {
    const chunks = await all(await chat.stream('How high, in metres, is the lighthouse of Raglan?'));
    expect(chunks.filter(({ content }) => content !== '').length).toBeGreaterThan(1);
    const whole = chunks.reduce((sum: AIMessageChunk, chunk) => sum.concat(chunk));
    expect(whole.content).toBe(answer);
    expect(whole.response_metadata).toMatchObject({ finish_reason: 'stop' });
    expect(whole.usage_metadata).toMatchObject({ input_tokens: 1_000 });
  });

  it('goes on with a conversation, by rules of its own', async () => {
    const message = await chat.invoke([
      new SystemMessage('Answer like a pirate.'),
      new HumanMessage(question),
      new AIMessage(answer),
      new HumanMessage({ content: [{ type: 'text', text: 'Is it 31 metres high?' }] }),
    ]);
    expect(message.content).toContain('31');
    const [system, ...rest] = scene.prompts.at(-1)!.messages;
    expect(system!.content).toContain('Answer like a pirate.');
    expect(rest.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('reads the sources in the raw response', async () => {
    const message = await create({ __includeRawResponse: true }).invoke(question);
    expect(message.additional_kwargs['__raw_response']).toMatchObject({
      sources: [{ n: 1, document: 'lighthouse.md' }],
    });
  });

  it('may ask for what means nothing here', async () => {
    const message = await create({ temperature: 0, maxTokens: 10, topP: 0.5, user: 'ann' }).invoke(question);
    expect(message.content).toBe(answer);
  });
});

describe("LangChain's ChatOpenAI throws", () => {
  it('what it asked for that is not there', async () => {
    await expect(create({ n: 2 }).invoke(question)).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'n',
    });
    await expect(create({ model: 'gpt-5' }).invoke(question)).rejects.toMatchObject({
      status: 404,
      lc_error_code: 'MODEL_NOT_FOUND',
    });
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
    await expect(chat.bindTools(tools).invoke(question)).rejects.toMatchObject({ param: 'tools' });
  });

  it('in the middle of a stream that is cut', async () => {
    scene.script(cutShort);
    // It drops what it has not handed on yet, so what came before is not looked at.
    const stream = await chat.stream('Is the Raglan lighthouse high?');
    await expect(all(stream)).rejects.toMatchObject({ code: 'answer_cut' });
  });
});
