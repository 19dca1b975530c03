import type * as z from 'zod';

/** Names of unknown fields that are told, and characters of each: they are the caller's own. */
const namesAtMost = 5;
const nameLength = 40;

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/**
 * What is wrong with a field, in words that go on from its name; undefined leaves it to zod. For `error` of a parse: what a
 * schema says itself goes before. Nothing of the value is in it.
 */
export const describeProblem: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${listed(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'too_small':
    case 'too_big':
      return describeSize(issue);
    case 'invalid_key':
      return issue.issues[0]?.message;
    default:
      return 'is not in the form that it must have';
  }
};

/** Every issue by its field; of an object with unknown fields, one for each of them. */
export function toProblems(issues: readonly z.core.$ZodIssue[]): { field: string; message: string }[] {
  return issues.flatMap(({ path, message, ...issue }) => {
    const field = path.join('.');
    if (issue.code !== 'unrecognized_keys') return { field, message };
    return issue.keys
      .slice(0, namesAtMost)
      .map((key) => ({ field: [...path, shortened(key)].join('.'), message: 'is not a known field' }));
  });
}

type SizeIssue = z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig>;

function describeSize(issue: SizeIssue): string {
  const isSmall = issue.code === 'too_small';
  const limit = Number(isSmall ? issue.minimum : issue.maximum);
  const bound = `${isSmall ? 'at least' : 'at most'} ${limit.toLocaleString('en')}`;
  if (issue.origin === 'number') return `must be ${bound}`;
  if (isSmall && limit === 1) return 'must not be empty';
  return `must be ${bound} ${issue.origin === 'string' ? 'characters' : 'entries'}`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function shortened(key: string): string {
  return key.slice(0, nameLength).toWellFormed();
}
