import { expect, it } from 'vitest';
import { problemOfWebhookUrl } from '../../../lib/webhook/url.ts';

it.each([
  ...['https://hooks.example/', 'https://HOOKS.Example./in?a=b#c', 'https://hooks.example:443/'],
  ...['https://localhost.example/', 'https://internal.example/', 'https://mylocal.example/'],
  ...['https://93.184.215.14/', 'https://[2606:4700::1111]/', 'https://b\u00fccher.example/'],
])('%s may be called', (url) => {
  expect(problemOfWebhookUrl(url)).toBeUndefined();
});

it.each([
  ...['https://localhost/', 'https://LOCALHOST./', 'https://app.localhost/', 'https://printer.local/'],
  ...[
    'https://metadata.google.internal/',
    'https://internal/',
    'https://nas.home.arpa/',
    'https://a.invalid/',
  ],
  ...[
    'https://intranet/',
    'https://intranet./',
    'https://10.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
  ],
  ...['https://169.254.169.254/', 'https://192.168.0.1./', 'https://[::1]/', 'https://[fd00::1]/'],
  ...['https://[::ffff:a00:1]/', 'https://\u2460\u2461\u2466.0.0.1/'],
])('%s can never lead to the public internet', (url) => {
  expect(problemOfWebhookUrl(url)).toBe('must lead to a host on the public internet');
});

it.each([
  ['hooks', 'is no URL'],
  ['http://hooks.example/', 'must begin with https://'],
  ['https://hooks.example:8443/', 'must be on port 443'],
  ['https://user@hooks.example/', 'must not hold a user or a password'],
])('%s: %s', (url, problem) => {
  expect(problemOfWebhookUrl(url)).toBe(problem);
});
