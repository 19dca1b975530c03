import { createOpenAICompatible, type MetadataExtractor } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, streamText } from 'ai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { all, answer, cutShort, model, question, startScene, type Scene } from './scene.ts';

let scene: Scene;
let raglan: ReturnType<typeof createOpenAICompatible>;

beforeAll(async () => {
  scene = await startScene();
  raglan = createOpenAICompatible({
    name: 'raglan',
    baseURL: scene.baseURL,
    apiKey: scene.apiKey,
    includeUsage: true,
  });
});
afterEach(() => scene.script(undefined));
afterAll(() => scene.close());

describe('the AI SDK', () => {
  it('is answered, and told what was used', async () => {
    const { text, finishReason, usage } = await generateText({ model: raglan(model), prompt: question });
    expect([text, finishReason]).toEqual([answer, 'stop']);
    expect(usage).toMatchObject({ inputTokens: 1_000 });
    expect(usage.totalTokens).toBe(1_000 + usage.outputTokens!);
  });

  it('streams, and is told at the end what was used', async () => {
    const result = streamText({
      model: raglan(model),
      prompt: 'How high, in metres, is the lighthouse of Raglan?',
    });
    const texts = await all(result.textStream);
    expect(texts.join('')).toBe(answer);
    expect(texts.length).toBeGreaterThan(1);
    expect(await result.finishReason).toBe('stop');
    expect(await result.usage).toMatchObject({ inputTokens: 1_000 });
  });

  it('goes on with a conversation, by rules of its own', async () => {
    const { text } = await generateText({
      model: raglan(model),
      instructions: 'Answer like a pirate.',
      messages: [
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
        { role: 'user', content: [{ type: 'text', text: 'Is it 31 metres high?' }] },
      ],
    });
    expect(text).toContain('31');
    const [system, ...rest] = scene.prompts.at(-1)!.messages;
    expect(system!.content).toContain('Answer like a pirate.');
    expect(rest.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('shows the sources in the text where the model is asked for them', async () => {
    const { text } = await generateText({ model: raglan(`${model}+sources`), prompt: question });
    expect(text).toMatch(/\[1\]\n\nSources:\n- \[1\] Lighthouse: \S+lighthouse\.md$/);
  });

  it('reads the sources with an extractor, streamed and not', async () => {
    const own = createOpenAICompatible({
      ...{
        name: 'raglan',
        baseURL: scene.baseURL,
        apiKey: scene.apiKey,
        metadataExtractor: sourcesExtractor,
      },
    });
    const sources = [expect.objectContaining({ n: 1, document: 'lighthouse.md' })];
    const whole = await generateText({ model: own(model), prompt: question });
    expect(whole.providerMetadata?.['raglan']).toMatchObject({ sources });
    const streamed = streamText({ model: own(model), prompt: question });
    await streamed.consumeStream();
    expect((await streamed.providerMetadata)?.['raglan']).toMatchObject({ sources });
  });

  it('may ask for what means nothing here', async () => {
    const settings = { temperature: 0, maxOutputTokens: 10, topP: 0.5, seed: 1, presencePenalty: 0 };
    const { text } = await generateText({ model: raglan(model), prompt: question, ...settings });
    expect(text).toBe(answer);
  });
});

describe('the AI SDK throws', () => {
  it('what it asked for that is not there', async () => {
    const stopping = generateText({
      model: raglan(model),
      prompt: question,
      stopSequences: ['x'],
      maxRetries: 0,
    });
    const error = await stopping.catch((error: unknown) => error);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 400, isRetryable: false, message: 'stop is not supported' });
    const unknown = generateText({ model: raglan('gpt-5'), prompt: question, maxRetries: 0 });
    await expect(unknown).rejects.toMatchObject({ statusCode: 404, isRetryable: false });
  });

  it('in the middle of a stream that is cut', async () => {
    scene.script(cutShort);
    const errors: unknown[] = [];
    const result = streamText({
      model: raglan(model),
      prompt: 'Is the Raglan lighthouse high?',
      onError: ({ error }) => void errors.push(error),
    });
    const parts = await all(result.fullStream);
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors)).toContain('answer_cut');
    const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
    expect(text).toContain('The Raglan');
    expect(parts.find((part) => part.type === 'error')).toBeDefined();
    expect(await result.finishReason).toBe('error');
  });
});

/** Takes our field of a response, which the SDK knows nothing of. */
const sourcesExtractor: MetadataExtractor = {
  extractMetadata: async ({ parsedBody }) => ({ raglan: { sources: sourcesOf(parsedBody) ?? [] } }),
  createStreamExtractor: () => {
    let sources: ReturnType<typeof sourcesOf>;
    return {
      processChunk: (chunk) => {
        sources ??= sourcesOf(chunk);
      },
      buildMetadata: () => ({ raglan: { sources: sources ?? [] } }),
    };
  },
};

function sourcesOf(body: unknown) {
  return (body as { sources?: { n: number; document: string }[] }).sources;
}
