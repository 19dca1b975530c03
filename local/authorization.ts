/** The header by which a server with keys knows us; none without a key. */
export function authorization(key = process.env['RAGLAN_KEY']): { authorization?: string } {
  return key ? { authorization: `Bearer ${key}` } : {};
}
