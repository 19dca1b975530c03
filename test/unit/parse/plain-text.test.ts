import { describe, expect, it } from 'vitest';
import { parsed } from './parsing.ts';

describe('plain text', () => {
  it('has a paragraph between blank lines, with its line', async () => {
    const { title, blocks } = await parsed('\uFEFFfirst\r\nline\r\n\r\n \r\nsecond\n', 'text/plain');
    expect(title).toBeUndefined();
    expect(blocks).toEqual([
      { kind: 'text', text: 'first\nline', headings: [], line: 1 },
      { kind: 'text', text: 'second', headings: [], line: 5 },
    ]);
  });

  it('says so when there is none', async () => {
    await expect(parsed(' \n\n\t\n', 'text/plain')).rejects.toMatchObject({
      code: 'no_text',
      message: expect.stringContaining('has no text') as string,
    });
  });
});
