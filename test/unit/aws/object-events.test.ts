import { describe, expect, it } from 'vitest';
import { documentsOf } from '../../../lib/aws/object-events.ts';

const notification = (...keys: string[]) =>
  JSON.stringify({
    Records: keys.map((key) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'docs' }, object: { key } },
    })),
  });

const main = (id: string) => ({ scope: 'default/main', id });

describe('an S3 notification', () => {
  it.each([
    ['default/main/guide.md', 'guide.md'],
    ['default/main/a+b/%C3%A9+%281%29%2B%27x.md', "a b/é (1)+'x.md"],
    ['default/main/100%25.txt', '100%.txt'],
    ['default/main/a/guide.md.metadata.json', 'a/guide.md'],
    ['default/main/a.metadata.json.metadata.json', 'a.metadata.json'],
  ])('about %s is about %j', (key, id) => {
    expect(documentsOf(notification(key), 'docs')).toEqual([main(id)]);
  });

  it('with several records is about each document once', () => {
    const body = notification('default/main/a', 'default/main/b', 'default/main/a', 'other/hr/a');
    expect(documentsOf(body, 'docs')).toEqual([main('a'), main('b'), { scope: 'other/hr', id: 'a' }]);
  });

  it('about a document and the file beside it is about that document once', () => {
    const body = notification('default/main/a.md.metadata.json', 'default/main/a.md');
    expect(documentsOf(body, 'docs')).toEqual([main('a.md')]);
  });

  it.each([
    'logo.png',
    'default/logo.png',
    'default/main/',
    'default/main/folder/',
    'default/main/.metadata.json',
    'default/main/folder/.metadata.json',
    '/main/a',
    'Default/main/a',
    '../main/a',
  ])('about %s, which is no document, is about nothing', (key) =>
    expect(documentsOf(notification(key), 'docs')).toEqual([]),
  );

  it('of another bucket is thrown: its object says nothing about ours', () => {
    expect(() => documentsOf(notification('default/main/a'), 'other')).toThrow(/another bucket/);
  });

  it('that only tests the connection is about nothing', () => {
    expect(documentsOf('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}', 'docs')).toEqual([]);
  });

  it.each([
    '',
    'rubbish',
    '{}',
    'null',
    '{"Records":[{}]}',
    '{"Event":"s3:Other"}',
    notification('%E0%A4%A'),
  ])('that is none is thrown: %j', (body) => expect(() => documentsOf(body, 'docs')).toThrow(Error));
});
