import { describe, expect, it } from 'vitest';
import { kindsAndTexts, parsed } from './parsing.ts';

async function blocksOf(html: string) {
  return kindsAndTexts((await parsed(html, 'text/html')).blocks);
}

describe('HTML', () => {
  it('reads headings and paragraphs of a page and leaves out what is around them', async () => {
    const { title, blocks } = await parsed(
      `<!doctype html><html><head><title>Harbour &amp; lights</title><style>p{}</style></head><body>
       <header><h1>Site</h1></header><nav><a href="/">Home</a></nav>
       <h1>Lights</h1><p>First &lt;one&gt;,\n  then <em>the</em> <a href="/x">other</a>.<p>Second<br>line.
       <h2>Rules</h2><div>Loose <b>text</b><p>paragraph</p>more</div>
       <script>var x = "<p>no</p>"</script><form><p>Search</p></form><aside>Ad</aside><footer>Imprint</footer>
       <p hidden>secret</p></body></html>`,
      'text/html',
    );
    expect(title).toBe('Harbour & lights');
    expect(blocks).toEqual([
      { kind: 'heading', text: 'Lights', headings: ['Lights'] },
      { kind: 'text', text: 'First <one>, then the other.', headings: ['Lights'] },
      { kind: 'text', text: 'Second\nline.', headings: ['Lights'] },
      { kind: 'heading', text: 'Rules', headings: ['Lights', 'Rules'] },
      { kind: 'text', text: 'Loose text', headings: ['Lights', 'Rules'] },
      { kind: 'text', text: 'paragraph', headings: ['Lights', 'Rules'] },
      { kind: 'text', text: 'more', headings: ['Lights', 'Rules'] },
    ]);
  });

  it('prefers main, then a single article, whose header counts', async () => {
    const page = (inner: string): string => `<div>menu</div>${inner}<div>more</div>`;
    expect(await blocksOf(page('<main><p>said</p></main>'))).toEqual([['text', 'said']]);
    expect(await blocksOf(page('<article><header><h1>T</h1></header><p>said</p></article>'))).toEqual([
      ['heading', 'T'],
      ['text', 'said'],
    ]);
    expect(await blocksOf('<article>a</article><p>b</p><article>c</article>')).toEqual([
      ['text', 'a'],
      ['text', 'b'],
      ['text', 'c'],
    ]);
  });

  it('leaves out lists of links and banners, whatever they are made of', async () => {
    const link = (text: string): string => `<a href="/x">${text}</a>`;
    const links = [1, 2, 3, 4].map((n) => `<li>${link(`Another story ${n}`)}</li>`).join('');
    const story = `${'The keeper writes the weather down. '.repeat(8)}See ${link('the log')}.`;
    expect(
      await blocksOf(
        `<div class="top">${link('Home')} | ${link('News')} | ${link('About')}</div>
         <div role="navigation"><p>You are here</p></div>
         <div id="cookie-banner"><p>We use cookies.</p><p>Accept all</p></div>
         <div class="story"><h1>Lights</h1><p>${story}</p><ul><li>${link('a')} is lit</li><li>${link('b')} is lit at dusk</li>
         <li>${link('c')} is never lit</li></ul></div>
         <div><h3>Related</h3><ul>${links}</ul></div>
         <div class="side related-box">Read more about this: ${link('first')}, ${link('second')}, ${link('third')}</div>`,
      ),
    ).toEqual([
      ['heading', 'Lights'],
      ['text', story.replace(/<[^>]+>/g, '')],
      ['text', '- a is lit'],
      ['text', '- b is lit at dusk'],
      ['text', '- c is never lit'],
    ]);
  });

  it('keeps the links of a page that has nothing else, and a chapter about cookies', async () => {
    const links = ['First', 'Second', 'Third'].map((text) => `<li><a href="/x">${text}</a></li>`).join('');
    expect(await blocksOf(`<h1>Index</h1><ul>${links}</ul>`)).toEqual([
      ['heading', 'Index'],
      ['text', '- First'],
      ['text', '- Second'],
      ['text', '- Third'],
    ]);
    const chapter = 'A cookie is a small file. '.repeat(200).trim();
    expect(await blocksOf(`<div class="cookies">${chapter}</div>`)).toEqual([['text', chapter]]);
  });

  it('takes the first heading for the title of a page without one', async () => {
    expect((await parsed('<h2>No</h2><h1>The <i>title</i></h1><p>x', 'text/html')).title).toBe('The title');
  });

  it('keeps list items whole', async () => {
    expect(
      await blocksOf(
        '<ul><li>one<ul><li>deep</li><li>deeper</li></ul></li><li><p>two</p><p>more</p></li></ul><ol start="3"><li>c<li>d</ol>',
      ),
    ).toEqual([
      ['text', '- one\n  - deep\n  - deeper'],
      ['text', '- two\nmore'],
      ['text', '3. c'],
      ['text', '4. d'],
    ]);
  });

  it('keeps tables row by row and takes a first row of header cells for the header', async () => {
    expect(
      await blocksOf(
        '<table><caption>Ports</caption><thead><tr><th>name<th>port</thead><tbody><tr><td>web<td>3000</td></tr><tr><td>a<br>b<td></tr></table>' +
          '<table><tr><td>x<td>y</table><table><tr><td><h2>Layout</h2><p>text</td></tr></table>',
      ),
    ).toEqual([
      ['text', 'Ports'],
      ['table', 'name | port\nweb | 3000\na b | '],
      ['text', 'x | y'],
      ['heading', 'Layout'],
      ['text', 'text'],
    ]);
  });

  it('keeps preformatted text as it stands', async () => {
    expect(await blocksOf('<pre>\n<code>if (a &lt; b)\n    <span>run</span>();\n</code></pre>')).toEqual([
      ['code', 'if (a < b)\n    run();'],
    ]);
  });

  it('finds blocks inside inline and unknown elements', async () => {
    expect(await blocksOf('<my-page><a href="x"><h2>Linked</h2>lead</a></my-page>tail')).toEqual([
      ['heading', 'Linked'],
      ['text', 'leadtail'],
    ]);
  });

  it('says so when nothing is left', async () => {
    await expect(parsed('<nav>only a menu</nav>', 'text/html')).rejects.toMatchObject({ code: 'no_text' });
  });

  it('loses nothing of a page that ends early or leaves out end tags', async () => {
    expect(await blocksOf('<div><p>one</p><div><p>two<ul><li>a<li>b')).toEqual([
      ['text', 'one'],
      ['text', 'two'],
      ['text', '- a'],
      ['text', '- b'],
    ]);
    expect(await blocksOf('<table><tr><th>x<th>y<tr><td>1<td>2</table>')).toEqual([
      ['table', 'x | y\n1 | 2'],
    ]);
  });

  it('takes linear time for comments that never end, and loses nothing to them', async () => {
    const page = `<!-- left out --><p>said</p>${'<!--'.repeat(1_000_000)}<p>after</p>`;
    expect(await blocksOf(page)).toEqual([
      ['text', 'said'],
      ['text', 'after'],
    ]);
  });

  it('leaves out declarations, and takes linear time for those that never end', async () => {
    expect(
      await blocksOf('<?xml version="1.0"?><!DOCTYPE html SYSTEM "about:legacy-compat"><p>text'),
    ).toEqual([['text', 'text']]);
    // Ten milliseconds; in quadratic time it ran into the test's limit.
    await expect(parsed('<!'.repeat(1_000_000), 'text/html')).resolves.toMatchObject({
      blocks: [{ kind: 'text' }],
    });
  });
});
