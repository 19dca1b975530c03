/** A source without its YAML front matter. */
export interface Body {
  /** `title` of the front matter. */
  title?: string;
  body: string;
  /** Line of the source that the body starts on, from 1. */
  bodyLine: number;
}

/** Takes the block between `---` lines off the top of a document; a document without one stays as it is. */
export function cutFrontMatter(source: string): Body {
  const opening = /^---[ \t]*\n/.exec(source);
  const closing = opening && /^(?:---|\.\.\.)[ \t]*(?:\n|$)/m.exec(source.slice(opening[0].length));
  if (!opening || !closing) return { body: source, bodyLine: 1 };
  const matter = source.slice(opening[0].length, opening[0].length + closing.index);
  // A rule of dashes opens some documents that have no front matter; that always has a key.
  if (!/^[\w-]+:/m.test(matter)) return { body: source, bodyLine: 1 };
  const title = /^title:[ \t]*(.+)$/m.exec(matter)?.[1] ?? '';
  const named = unquote(title.trim()).slice(0, 200);
  return {
    ...(named && { title: named }),
    body: source.slice(opening[0].length + closing.index + closing[0].length),
    bodyLine: matter.split('\n').length + 2,
  };
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return quoted ? quoted[2]! : value;
}
