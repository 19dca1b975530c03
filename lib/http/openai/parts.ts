import { RagError } from '../../rag/errors.ts';
import type { AskEvent, FinishReason, Source, Usage } from '../../rag/types.ts';
import { annotationsOf, sourceList, type Annotation } from './annotations.ts';

/** What a completion is made of, in order: one `begin`, any number of `text`, one `end`. */
export type Part =
  | { type: 'begin'; id: string; sources: readonly Source[] }
  | { type: 'text'; text: string }
  | { type: 'end'; finishReason: OpenAiFinishReason; annotations: readonly Annotation[]; usage: Usage };

type OpenAiFinishReason = 'stop' | 'length' | 'content_filter';

/**
 * The events of an answer as parts of a completion. An answer that the model's content filter stopped ends as OpenAI's do;
 * any other failure is thrown as it is.
 */
export async function* toParts(
  events: AsyncIterable<AskEvent>,
  { listsSources }: { listsSources: boolean },
): AsyncGenerator<Part, void> {
  let sources: readonly Source[] = [];
  let text = '';
  try {
    for await (const event of events) {
      switch (event.type) {
        case 'sources':
          sources = event.sources;
          yield { type: 'begin', id: `chatcmpl-${event.id}`, sources };
          break;
        case 'delta':
          text += event.text;
          yield { type: 'text', text: event.text };
          break;
        case 'done': {
          const list = listsSources ? sourceList(sources, event.citations) : '';
          if (list !== '') yield { type: 'text', text: list };
          yield toEnd(toFinishReason(event.finishReason), event.usage);
        }
      }
    }
  } catch (error) {
    if (!wasFiltered(error)) throw error;
    yield toEnd('content_filter', error.usage ?? { promptTokens: 0, completionTokens: 0 });
  }

  function toEnd(finishReason: OpenAiFinishReason, usage: Usage): Part {
    return { type: 'end', finishReason, annotations: annotationsOf(text, sources), usage };
  }
}

/** To decline is to answer; all that is not whole is `length`, the only word that clients have for it. */
function toFinishReason(reason: FinishReason): OpenAiFinishReason {
  return reason === 'stop' || reason === 'declined' ? 'stop' : 'length';
}

function wasFiltered(error: unknown): error is RagError {
  return error instanceof RagError && error.details['reason'] === 'content_filter';
}
