import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectionTo, refusal, rootsOf, type GuardReason } from '../../../../lib/rag/cache/guard.ts';

/** Pairs that must not share an answer, and in the second list pairs that should. */
const differing: Record<GuardReason, readonly (readonly [string, string])[]> = {
  negation: [
    ['Which plans include support?', "Which plans don't include support?"],
    ['Can I travel with a visa?', 'Can I travel without a visa?'],
    ['Is this certificate valid?', 'Is this certificate invalid?'],
    ['Why was my card declined?', 'Why was my card not declined?'],
    ['dont eat this', 'eat this'],
  ],
  number: [
    ['What is in section 4.1?', 'What is in section 4.10?'],
    ['Is there a fee for $1,000?', 'Is there a fee for $100?'],
    ['Rent for twenty five people', 'Rent for thirty five people'],
    ['Is there a limit?', 'Is there a limit of 20?'],
  ],
  date: [
    ['What are the holidays in 2023?', 'What are the holidays in 2024?'],
    ['Are you open on 3 May?', 'Are you open on 13 May?'],
    ['Are you open on Monday?', 'Are you open on Tuesday?'],
    ['Does the train run at 3pm?', 'Does the train run at 3am?'],
    ['Tickets for this weekend', 'Tickets for next weekend'],
    ['Open next Monday?', 'Open last Monday?'],
    ['The report of Q1', 'The report of Q3'],
  ],
  unit: [
    ['Is it $80 or €80?', 'Is it £80 or $80?'],
    ['Can I bring 8 kg?', 'Can I bring 8 pounds?'],
    ['A notice of 6 weeks', 'A notice of 6 months'],
    ['Can it stand 30 °C?', 'Can it stand 30 degrees Fahrenheit?'],
    ['Is the deposit $80?', 'Is the deposit €80?'],
    ['Is 5 km far?', 'Is it far, 5 km or 5 miles?'],
    ['How far is it in miles?', 'How far is it in kilometres?'],
  ],
  quoted: [
    ['What does "disk full" mean?', 'What does "disk missing" mean?'],
    ["Where is 'Dark mode'?", 'Where is `Reading mode`?'],
    ['What does “posted” mean?', 'What does it mean?'],
  ],
  identifier: [
    ['What does E1234 mean?', 'What does E1243 mean?'],
    ['How do I set max_retries?', 'How do I set max_backoff?'],
    ['When is --force needed?', 'When is --dry-run needed?'],
    ['What does -r do?', 'What does -R do?'],
    ['What is new in v1.2.0?', 'What is new in v1.3.0?'],
    ['Why do I see E1234?', 'Why do I see this error?'],
    ['An error, what does it mean?', 'What does an error E4102 mean?'],
  ],
  entity: [
    ['What is the refund policy for Austria?', 'What is the refund policy in Australia?'],
    ['refund policy for austria', 'refund policy for australia'],
    ['Who manages Anna Schmidt?', 'Who manages Hannah Schmidt?'],
    ['Does it work with Slack?', 'Does it work with Teams?'],
    ['What is the rate for exchanging dollars?', 'What is the rate for exchanging dollars in Canada?'],
  ],
  comparative: [
    ['Which plan is the cheapest?', 'Which plan is the most expensive?'],
    ['Can I work more hours?', 'Can I work fewer hours?'],
    ['The maximum size of a file', 'The minimum size of a file'],
    ['If at least 20 people come', 'If at most 20 people come'],
    ['Who is the youngest player?', 'Who is the eldest player?'],
    ['Tickets for those under 16?', 'Tickets for those over 16?'],
    ['Can it be used below freezing?', 'Can it be used above freezing?'],
  ],
  direction: [
    ['Is there a flight from Oslo to Rome?', 'Is there a flight from Rome to Oslo?'],
    ['Does Alice report to Bob?', 'Does Bob report to Alice?'],
    ['Can a buyer sue a seller?', 'Is it possible that a seller sues a buyer?'],
    ['How do I convert kilos to stones?', 'How do I convert stones to kilos?'],
    ['Install Docker before Kubernetes?', 'Install Kubernetes before Docker?'],
    ['Does Paul manage Tina?', 'Is Paul managed by Tina?'],
    ['How do I send it to China?', 'How do I send it from China?'],
    ['Do I have to install Docker before Kubernetes?', 'Should Kubernetes be installed before Docker?'],
    ['Can I exchange USD for GBP?', 'Can I exchange GBP for USD?'],
    ['Can a buyer sue a seller?', 'A quick question: Can a seller sue a buyer?'],
  ],
  word: [
    ['How do I enable backups?', 'How can I disable backups?'],
    ['How do I turn the alarm on?', 'How do I turn the alarm off?'],
    ['How do I change my nickname?', "What's the way to change my address?"],
    ['Before a meal or later?', 'After a meal or later?'],
    ['Can I sign the form?', 'Do I have to sign the form?'],
    ['How do I show the toolbar?', 'How can I hide the toolbar?'],
    ['What is my number?', 'What is your number?'],
    ['Where do I return it?', 'Why do I return it?'],
    ['Where can I use a voucher?', 'Where do I get a voucher?'],
  ],
};

const alike: readonly (readonly [string, string])[] = [
  ['How do I reset my password?', "What's the way to reset a password?"],
  ["My card hasn't arrived yet", 'Still waiting on my card'],
  ['The printer is not working', "The printer doesn't work"],
  ['My invoice is wrong', 'My invoice is not correct'],
  ["Can't I pay by card?", 'Can I pay by card?'],
  ["I don't know how to export data", 'How do I export data?'],
  ['Are pets prohibited?', 'Are pets not allowed?'],
  ['How far is 5 km?', 'How far are five kilometres?'],
  ['Is there a fee for $1,000?', 'Is there a fee for 1000 dollars?'],
  ['The report of 3 May 2024', 'The report of 2024-05-03'],
  ['Is it $80 or €80?', 'Is it €80 or $80?'],
  ['Open on the 2nd of June?', 'Open on June 2?'],
  ['Is it open this morning?', 'Is it open?'],
  ['Is food served at 3:30 pm?', 'Is food served at 15:30?'],
  ['What does "disk full" mean?', 'What does disk full mean?'],
  ['How do I set poolSize?', 'how do i set poolsize'],
  ['Can I get a card in the US?', 'can i get a card in the usa'],
  ['Which is the cheapest ticket?', 'Which ticket is the least expensive?'],
  ['How do I get from Paris to Lyon?', 'How do I get to Lyon from Paris?'],
  ['Do you ship to Norway or Sweden?', 'Do you ship to Sweden or Norway?'],
  ['Is approval by the manager needed?', "Is the manager's approval needed?"],
  ['Does Tina manage Paul?', 'Is Paul managed by Tina?'],
  ['Where can I purchase a licence?', 'Where do I buy a license?'],
  ['My transfer was rejected', 'My transfer did not go through'],
  ['How do I log in?', 'How can I sign in?'],
  ['Why is there a delay?', 'How come there is a delay?'],
  ['How long does it take?', 'How many days does it take?'],
  ['I was charged twice', 'I was charged two times'],
  ['What is a recognised colour?', 'What is a recognized color?'],
];

describe.each(Object.entries(differing))('%s', (reason, pairs) => {
  it.each(pairs)('tells "%s" from "%s"', (one, other) => {
    expect([refusal(one, other), refusal(other, one)]).toEqual([reason, reason]);
  });
});

it.each(alike)('"%s" is answered like "%s"', (one, other) => {
  expect(refusal(one, other)).toBeUndefined();
});

describe('a group of questions may overrule', () => {
  it('that words stand for others of which nothing is known, and is told which the question has', () => {
    const objection = objectionTo('How do I change my nickname?', 'How do I change my address?');
    expect(objection?.reason).toBe('word');
    expect(objection?.swapped).toEqual([...rootsOf('nickname')]);
    expect(objectionTo('How do I change my address?', 'How do I change my nickname?')?.swapped).toEqual([
      ...rootsOf('address'),
    ]);
    expect(objectionTo('Where can I use a voucher?', 'Where do I get a voucher?')?.swapped).toEqual([
      ...rootsOf('use'),
    ]);
  });

  it.each([
    ['How do I enable backups?', 'How can I disable backups?'],
    ['How do I lock the card?', 'How do I unlock the card?'],
    ['How do I show the toolbar?', 'How can I hide the toolbar?'],
    ['Where do I return it?', 'Why do I return it?'],
    ['Is there a fee for 5 transfers?', 'Is there a fee for 6 payments?'],
    ['Does it work with Slack?', 'Does it work with Teams?'],
  ])('nothing that is known to differ: "%s", "%s"', (one, other) => {
    for (const objection of [objectionTo(one, other), objectionTo(other, one)]) {
      expect(objection?.reason).toBeDefined();
      expect(objection?.swapped).toBeUndefined();
    }
  });
});

/** Parts that the readers look for, in any order. */
const question = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...Object.values(differing)
          .flat(2)
          .flatMap((text) => text.split(' ')),
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
    { maxLength: 40 },
  )
  .map((words) => words.join(' '));

describe('whatever is asked', () => {
  it('a question speaks for itself, whatever its white space', () => {
    fc.assert(
      fc.property(question, (text) => {
        expect(refusal(text, text)).toBeUndefined();
        expect(refusal(text, `  ${text.replaceAll(' ', '  ')} `)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('the reason is the same whichever came first', () => {
    fc.assert(
      fc.property(question, question, (one, other) => {
        expect(refusal(one, other)).toBe(refusal(other, one));
      }),
      { numRuns: 2_000 },
    );
  });

  /** Milliseconds of this thread's own work, whatever else the machine does; some systems count them in steps of a few. */
  function milliseconds(text: string, times: number): number {
    const start = process.threadCpuUsage();
    for (let n = 0; n < times; n += 1) refusal(text, `${text} `);
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1_000;
  }

  it.each([
    'a',
    '"',
    "'",
    '`',
    '-',
    '--a ',
    '1',
    '1.',
    '1,1 ',
    'a.',
    "a'",
    'not ',
    'the ',
    '"a" ',
    'A',
    'a_',
    '° ',
    ' ',
    'ﷺ',
    'twenty ',
    'is',
    'may 3 ',
    'from a to ',
    'turn ',
    'no no ',
    "can't ",
    'word1 word2 ',
  ])('8,000 characters of %j take no longer than they should', (piece) => {
    const text = piece.repeat(Math.ceil(8_000 / piece.length)).slice(0, 8_000);
    expect(milliseconds(text, 3)).toBeLessThan(300);
  });

  it('time grows with the text, not with its square', () => {
    const words = Array.from(
      { length: 1_600 },
      (_, n) => `w${String.fromCodePoint(97 + (n % 26))}${n.toString(36)}`,
    );
    const text = words.map((word) => word.replaceAll(/\d/g, 'q')).join(' ');
    milliseconds(text, 5);
    const ofQuarters = milliseconds(text.slice(0, text.length / 4), 40);
    expect(milliseconds(text, 10)).toBeLessThan(2.5 * ofQuarters);
  });
});
