import { parsePrompt } from '../../local/models/prompt.ts';
import { lexicalModel } from '../wire/lexical-model.ts';
import { says, type ChatPlan, type Failure, type ModelScript } from '../wire/model-script.ts';

/** An answer that the test lets go text by text. */
export interface PacedAnswer {
  /** Lets the next text go. */
  release(): void;
  /** Lets all go that are left. */
  releaseAll(): void;
}

/** The lexical model, whose next answers a test may write itself. */
export interface PacedModel {
  script: ModelScript;
  /** The next answer is these texts, all at once. */
  willSay(...texts: string[]): void;
  /** The next answer is these texts, each when the test says so. */
  willSaySlowly(...texts: string[]): PacedAnswer;
  /** The next answer is refused. */
  willRefuse(): void;
}

/** A model for the browser's tests. */
export function createPacedModel(): PacedModel {
  const plans: (ChatPlan | Failure)[] = [];
  return {
    script: {
      ...lexicalModel,
      chat: (body) => {
        const isQuestion = parsePrompt(body.messages.at(-1)?.content ?? '') !== undefined;
        return (isQuestion && plans.shift()) || lexicalModel.chat(body);
      },
    },
    willRefuse: () => void plans.push({ kind: 'refuse', status: 400 }),
    willSay: (...texts) => void plans.push(says(...texts)),
    willSaySlowly: (...texts) => {
      const turns = texts.map(() => Promise.withResolvers<void>());
      let released = 0;
      plans.push({ ...says(...texts), turn: (index) => turns[index]?.promise ?? Promise.resolve() });
      const release = () => turns[released++]?.resolve();
      return { release, releaseAll: () => turns.forEach(release) };
    },
  };
}
