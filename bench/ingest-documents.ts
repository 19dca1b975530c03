import { buffer } from 'node:stream/consumers';
import Pdf from 'pdfkit';

/** A Markdown document of about a hundred and fifty chunks, different for every number. */
export function markdown(number: number): string {
  const parts = Array.from({ length: 33 }, (_, n) => `## Part ${n}\n\n${page(number * 33 + n)}`);
  return `# Handbook ${number}\n\n${parts.join('\n\n')}\n`;
}

/** Plain text of so many MB, one paragraph: what takes longest to cut for its size. */
export function largeText(megabytes: number): string {
  const parts: string[] = [];
  for (let number = 0, characters = 0; characters < megabytes * 2 ** 20; number += 1) {
    const part = page(number).replaceAll('\n\n', ' ');
    parts.push(part);
    characters += part.length + 1;
  }
  return parts.join(' ');
}

/** A PDF of so many A4 pages, each with about 3,000 characters of its own. */
export async function largePdf(pages: number): Promise<Uint8Array> {
  const document = new Pdf({ size: 'A4', autoFirstPage: false });
  const bytes = buffer(document);
  for (let number = 1; number <= pages; number += 1) {
    document.addPage().fontSize(11).text(page(number), { paragraphGap: 8 });
  }
  document.end();
  return await bytes;
}

/** Five paragraphs of four sentences. */
function page(number: number): string {
  const sentence = (n: number): string =>
    `Rule ${number}.${n} asks the harbour master of berth ${number * 7 + n} to report the depth of the water to the pilots ` +
    `every ${n + 2} hours, and to write it into the log before the tide turns.`;
  return Array.from({ length: 5 }, (_, paragraph) =>
    Array.from({ length: 4 }, (_, index) => sentence(paragraph * 4 + index)).join(' '),
  ).join('\n\n');
}
