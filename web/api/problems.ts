import { ApiError } from './error.ts';

/** An error for a person: what happened, and what to do. */
export interface Problem {
  title: string;
  whatToDo: string;
  /** To be quoted to who runs Raglan. */
  requestId?: string;
  /** The server may still make the answer, or have made it: what is missing here can be read there. */
  canResume?: boolean;
}

/** An answer that began, and whose connection was given up. */
export const connectionGivenUp: Problem = {
  ...{ title: 'The connection is lost.', whatToDo: 'The answer goes on here when it is back.' },
  canResume: true,
};

/** Says what an error means. What the API's own message says is kept where it helps. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof ApiError)) {
    return { title: 'The page has a fault.', whatToDo: 'Load it again. If it stays, tell who runs Raglan.' };
  }
  const [title, whatToDo] = wordsOf(error);
  return { title, whatToDo, ...(error.requestId !== undefined && { requestId: error.requestId }) };
}

function wordsOf({ code, message, retryAfterMs }: ApiError): readonly [title: string, whatToDo: string] {
  const known = words[code];
  switch (code) {
    case 'rate_limited':
      return ['Too many questions in a short time.', `Ask again ${inTime(retryAfterMs)}.`];
    case 'budget_exhausted':
      return [
        "This month's budget is used up.",
        `It begins anew ${inTime(retryAfterMs)}; ask for a larger one.`,
      ];
    case 'model_busy':
      return ['The model is busy.', `Ask again ${inTime(retryAfterMs)}.`];
    case 'forbidden':
      return ['Your key may not do this.', message];
    case 'invalid_request':
      return ['The question cannot be asked like this.', message];
    default:
      return known ?? [message, 'Ask again. If it stays, tell who runs Raglan.'];
  }
}

const askAgain = 'Ask again in a moment.';
const tellOperator = 'Asking again does not help; tell who runs Raglan.';

const words: Readonly<Record<string, readonly [title: string, whatToDo: string]>> = {
  network: ['The connection is lost.', 'Check your network, then ask again.'],
  unauthorized: ['A key is needed.', 'Ask again, and give a valid key.'],
  not_found: ['This answer is not there any more.', 'Ask again.'],
  answer_cut: ['The answer broke off.', 'What is above is not all of it. Ask again.'],
  deadline: ['The answer took too long.', `It is limited to a minute. ${askAgain}`],
  model_unavailable: ['The model could not be reached.', askAgain],
  model_rejected: ['The model refused the question.', tellOperator],
  overloaded: ['Too many questions are asked at once.', askAgain],
  storage_unavailable: ['The database did not answer.', askAgain],
  conflict: ['The documents kept changing meanwhile.', askAgain],
  too_large: ['The question is too large.', 'Make it shorter, or begin a new conversation.'],
  configuration: ['Raglan is not set up right.', tellOperator],
  index_mismatch: ['Raglan is not set up right.', tellOperator],
  internal: ['Something went wrong on the server.', 'Ask again. If it stays, tell who runs Raglan.'],
};

/** A wait in the largest unit that fits. */
function inTime(ms: number | undefined): string {
  if (ms === undefined) return 'in a moment';
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 100) return `in ${count(seconds, 'second')}`;
  const hours = Math.ceil(seconds / 3_600);
  if (hours === 1) return `in ${count(Math.ceil(seconds / 60), 'minute')}`;
  return hours < 48 ? `in ${count(hours, 'hour')}` : `in ${count(Math.ceil(hours / 24), 'day')}`;
}

function count(number: number, unit: string): string {
  return number === 1 ? `1 ${unit}` : `${number} ${unit}s`;
}
