/**
 * What is wrong with the address of a webhook, undefined if nothing is: it is https, on its own port, and names nobody. Where
 * its host leads is another matter, which shows only when it is called.
 */
export function problemOfWebhookUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'is no URL';
  if (url.protocol !== 'https:') return 'must begin with https://';
  // 443 is left out of what was parsed.
  if (url.port !== '') return 'must be on port 443';
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password';
  return undefined;
}
