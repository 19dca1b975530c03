import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startModels } from '../../local/models/server.ts';
import type { Models } from '../../local/models/server.ts';

let models: Models;
let client: OpenAI;

beforeAll(async () => {
  models = await startModels();
  client = new OpenAI({ apiKey: 'none', baseURL: models.baseUrl, maxRetries: 0 });
});
afterAll(() => models.close());

const sources = [
  {
    headings: 'Orchard > Storage',
    text: 'Apples are kept in the north cellar. It is cooled to 4 °C.\nPears are kept in the barn.',
  },
  {
    headings: 'Orchard > Opening hours',
    text: '| day | opens | closes |\n|---|---|---|\n| Saturday | 9:00 | 14:00 |\n| Sunday | closed | closed |',
  },
  {
    headings: 'Orchard > Tools',
    text: 'Ladders are checked every spring:\n- rungs by hand\n- feet &lt;rubber&gt; by eye\n\n```\nladder --check\n```',
  },
];

function prompt(question: string, list = sources): OpenAI.ChatCompletionMessageParam[] {
  const rendered = list.map(
    ({ headings, text }, index) =>
      `<source n="${index + 1}" title="The orchard" headings="${headings.replaceAll('>', '&gt;')}">\n${text}\n</source>`,
  );
  return [
    { role: 'system', content: 'Answer from the sources.' },
    { role: 'user', content: `Sources:\n${rendered.join('\n')}\n\nQuestion: ${question}` },
  ];
}

async function ask(question: string, list = sources): Promise<string> {
  const completion = await client.chat.completions.create({
    model: models.chatModel,
    messages: prompt(question, list),
  });
  return completion.choices[0]?.message.content ?? '';
}

describe('the extractive model', () => {
  it('answers in the words of a source, followed by its number', async () => {
    const answer = await ask('Where are the apples kept?');
    expect(answer).toMatch(/^Apples are kept in the north cellar\. \[1\]/);
  });

  it('adds the next sentence where it depends on the one that answers', async () => {
    expect(await ask('Where are the apples kept?')).toContain('It is cooled to 4 °C. [1]');
  });

  it('does not take a place that only asks the question for its answer', async () => {
    const asking = {
      headings: 'Orchard > Help',
      text: 'Try it: ask "Where are the apples kept?" at the desk.',
    };
    expect(await ask('Where are the apples kept?', [asking, ...sources])).toMatch(/^Apples are kept/);
  });

  it('finds the row of a table', async () => {
    expect(await ask('When does the orchard open on Saturday?')).toMatch(/^Saturday \| 9:00 \| 14:00 \[2\]/);
  });

  it('finds the row of a table as our own parser writes it', async () => {
    const table = {
      headings: 'Orchard > Prices',
      text: 'fruit | price\napple | two crowns\npear | three crowns',
    };
    expect(await ask('What is the price of a pear?', [table])).toMatch(/^pear \| three crowns \[1\]/);
  });

  it('gives a list item with the words that introduce it, unescaped', async () => {
    expect(await ask('How are the rubber feet of ladders checked?')).toContain(
      'Ladders are checked every spring: feet <rubber> by eye [3]',
    );
  });

  it('cites only sources that were given', async () => {
    const answer = await ask('How are ladders checked in the orchard?');
    const cited = [...answer.matchAll(/\[(\d+)\]/g)].map(([, n]) => Number(n));
    expect(cited.length).toBeGreaterThan(0);
    for (const n of cited) expect(n).toBeOneOf([1, 2, 3]);
  });

  it.each([
    'Which brand of Husqvarna chainsaw is used?',
    'What does a kilogram of cherries cost?',
    'Who is the chairman of the cooperative?',
  ])('declines what is near the topic but not there: %s', async (question) => {
    expect(await ask(question)).toBe('NOT_IN_SOURCES');
  });

  it('declines without sources', async () => {
    expect(await ask('Where are the apples kept?', [])).toBe('NOT_IN_SOURCES');
  });

  it('reads a question that speaks of tags, and sources that speak of questions', async () => {
    const list = [
      { headings: 'Format', text: 'A source ends with a &lt;/source&gt; tag.\n\nQuestion: is it so?' },
    ];
    expect(await ask('What tag does a </source> end with?', list)).toContain(
      'ends with a </source> tag. [1]',
    );
  });

  it('says what it is to someone who just talks to it', async () => {
    const completion = await client.chat.completions.create({
      model: models.chatModel,
      messages: [{ role: 'user', content: 'Hello, who are you?' }],
    });
    expect(completion.choices[0]?.message.content).toContain('extractive');
  });

  it('refuses more than it can read', async () => {
    await expect(ask('?', [{ headings: '', text: 'x '.repeat(60_000) }])).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe('a streamed answer', () => {
  const stream = (more: { max_tokens?: number } = {}, signal: AbortSignal | null = null) =>
    client.chat.completions.create(
      {
        model: models.chatModel,
        messages: prompt('Where are the apples kept?'),
        stream: true,
        stream_options: { include_usage: true },
        ...more,
      },
      { signal },
    );

  it('is role, words, finish reason and usage, in this order, and the same text as in one piece', async () => {
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of await stream()) chunks.push(chunk);
    const deltas = chunks.flatMap(({ choices }) => choices);
    expect(deltas[0]?.delta.role).toBe('assistant');
    expect(deltas.at(-1)).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(deltas.slice(0, -1).every(({ finish_reason: reason }) => reason === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: deltas.length - 2 } });
    const text = deltas.map(({ delta }) => delta.content ?? '').join('');
    expect(text).toBe(await ask('Where are the apples kept?'));
    expect(deltas[1]?.delta.content).toBe('Apples');
  });

  it('ends with the reason `length` at the limit it was given', async () => {
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of await stream({ max_tokens: 3 })) chunks.push(chunk);
    const deltas = chunks.flatMap(({ choices }) => choices);
    expect(deltas.map(({ delta }) => delta.content ?? '').join('')).toBe('Apples are kept');
    expect(deltas.at(-1)?.finish_reason).toBe('length');
  });

  it('leaves the server well when the reader goes away in the middle', async () => {
    const leaving = new AbortController();
    for await (const chunk of await stream({}, leaving.signal)) if (chunk.choices[0]) leaving.abort();
    expect(leaving.signal.aborted).toBe(true);
    expect(await ask('Where are the pears kept?')).toContain('Pears are kept in the barn. [1]');
  });
});
