/** What a person is told where nothing listens at the address of a running server. */
export function noServerAt(url: string): string {
  return `No server answers at ${url}. Start one with npm start, or set RAGLAN_URL to another.`;
}

/** Why a server refused, in its own words where it has any. Reads the answer's body. */
export async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    if (error?.message && response.status === 401) return `${error.message} Set RAGLAN_KEY to it.`;
    if (error?.message) return error.message;
  } catch {
    // Not one of our bodies: the status is all there is to tell.
  }
  return `The server answered with status ${response.status}.`;
}
