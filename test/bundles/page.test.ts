import { describe, expect, it } from 'vitest';
import { buildPage, compressedSizes, type PageFile } from '../../web/build.ts';

const text = ({ bytes }: PageFile): string => Buffer.from(bytes).toString('utf8');

describe('the built page', async () => {
  const files = await buildPage();
  const [index, ...assets] = files;
  const html = index ? text(index) : '';

  it('is an index that is asked for anew, and files that never change under their names', () => {
    expect(index).toMatchObject({
      path: '/index.html',
      contentType: 'text/html; charset=utf-8',
      cacheControl: 'no-cache',
    });
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const { path, cacheControl } of assets) {
      expect(path).toMatch(/^\/assets\/[\w-]+-[A-Z0-9]{8}\.(js|css|svg)$/);
      expect(cacheControl).toBe('public, max-age=31536000, immutable');
    }
  });

  it('names its files, and nothing that its policy or a third party would have a say in', () => {
    const names = Array.from(html.matchAll(/\b(?:src|href)="([^"#]+)"/g), ([, name]) => name);
    expect(new Set(names)).toEqual(new Set(assets.map(({ path }) => path)));
    expect(html).not.toMatch(/<style|<script(?![^>]+src=)|\sstyle=|\son\w+=|https?:/);
  });

  it('is the same from the same sources, and calls its own origin unless told another', async () => {
    expect(html).toContain('<meta name="raglan-api" content="');
    expect(html).toContain('name="raglan-api" content=""');
    const [elsewhere, ...same] = await buildPage({ apiOrigin: 'https://api.example' });
    expect(elsewhere && text(elsewhere)).toContain('name="raglan-api" content="https://api.example"');
    expect(same.map(({ path }) => path)).toEqual(assets.map(({ path }) => path));
  });

  it.each(['https://api.example/', 'https://api.example/v1', 'api.example', '"><script>'])(
    'cannot be told an API at %s',
    async (apiOrigin) => {
      await expect(buildPage({ apiOrigin })).rejects.toThrow('is no origin');
    },
  );

  it('weighs no more than 100 kB, compressed', async () => {
    const sizes = Array.from((await compressedSizes(files)).values());
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(100_000);
  });

  it('is not built heavier than it may be, and what weighs in it is named', async () => {
    await expect(buildPage({ ceilingKb: 0.5 })).rejects.toThrow(
      /weighs [\d.]+ kB compressed with gzip, more than its ceiling of 0.5 kB\. Its heaviest parts, .*: \S+ [\d.]+/,
    );
  });
});
