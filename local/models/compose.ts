import type { Candidate, Evidence } from './evidence.ts';
import type { Statement } from './passage.ts';

const maxPicks = 3;
/** A further statement has to fit nearly as well as the best. */
const maxScoreBehind = 0.25;
/** A shorter list item means little without the words that introduce its list. */
const shortChars = 80;
/** A sentence that starts so speaks of what stands before it. */
const dependent =
  /^(?:It|Its|This|That|These|Those|They|Their|Such|Then|So|But|And|Or|Otherwise|Both|There)\b/;

/** The statements that answer, verbatim, each with its source's number: at most three and the neighbours they lean on. */
export function composeAnswer({ candidates, statements }: Evidence): string {
  const seen = new Set<string>();
  let answer = '';
  let last: Statement | undefined;
  for (const { source, position } of pick(candidates)) {
    const all = statements.get(source) ?? [];
    for (const index of withNeighbours(all, position)) {
      const statement = all[index];
      if (!statement || seen.has(statement.text)) continue;
      seen.add(statement.text);
      const inline = last?.kind === 'sentence' && statement.kind === 'sentence';
      answer += `${last ? (inline ? ' ' : '\n\n') : ''}${render(statement, seen)} [${source.n}]`;
      last = statement;
    }
  }
  return answer;
}

function pick(candidates: readonly Candidate[]): Candidate[] {
  const best = candidates[0]?.score ?? 0;
  return candidates.slice(0, maxPicks).filter(({ score }) => score >= best - maxScoreBehind);
}

function withNeighbours(all: readonly Statement[], position: number): number[] {
  const leansBack = dependent.test(all[position]?.text ?? '');
  const leansOn = dependent.test(all[position + 1]?.text ?? '') || all[position]?.text.endsWith(':');
  return [...(leansBack ? [position - 1] : []), position, ...(leansOn ? [position + 1] : [])];
}

function render({ text, kind, lead }: Statement, seen: Set<string>): string {
  if (kind === 'code') return `\`\`\`\n${text}\n\`\`\`\n`;
  if (kind === 'row') return text.replace(/^\|\s*|\s*\|$/g, '');
  if (!lead.endsWith(':') || text.length >= shortChars || seen.has(lead)) return text;
  seen.add(lead);
  return `${lead} ${text}`;
}
