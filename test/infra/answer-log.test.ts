import { describe, expect, it } from 'vitest';
import { only, synthesise } from './synthesise.ts';

/** What the API is told about the log of answers, and which keys its statement opens. */
function logOf(context: Record<string, string>) {
  const { service } = synthesise(context);
  const { Environment } = only(service, 'AWS::Lambda::Function', 'Api').Properties;
  const { PolicyDocument } = only(service, 'AWS::IAM::Policy', 'Api').Properties;
  const { Statement } = PolicyDocument as { Statement: { Sid?: string }[] };
  return {
    variable: (Environment as { Variables: Record<string, unknown> }).Variables['ANSWER_LOG'],
    grants: Statement.filter(({ Sid }) => Sid === 'AnswerLog'),
  };
}

describe('the log of answers', () => {
  it('is on unless said otherwise, and the API may write logs and stops but no keys', () => {
    const { variable, grants } = logOf({});
    expect(variable).toBe('on');
    expect(grants).toMatchObject([
      {
        Action: ['dynamodb:PutItem', 'dynamodb:Query'],
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['log#*', 'stops#*'] } },
      },
    ]);
  });

  it('can be done without', () => {
    expect(logOf({ answerLog: 'off' })).toEqual({ variable: 'off', grants: [] });
  });
});
